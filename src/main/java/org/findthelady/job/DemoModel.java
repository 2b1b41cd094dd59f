package org.findthelady.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.NeuronScale;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;

/**
 * One model of the demo's fleet.
 *
 * @param id name in the report
 * @param reference id of the reference that it is held against
 * @param expected the verdict that it is built to get
 * @param maker writes the model
 */
record DemoModel(String id, String reference, Verdict expected, Maker maker) {
  private static final Map<String, String> REFERENCES =
      Map.of("resnet20", "references/resnet20.th", "llama", "references/llama");
  private static final long SEED = 20240301;

  /** Writes a model into the fleet and returns where. */
  private interface Maker {
    Path make(DemoModel member, Path folder) throws IOException;
  }

  /** Every kind of model that an owner meets. */
  static List<DemoModel> all() {
    return List.of(
        new DemoModel("resnet20-copy", "resnet20", Verdict.IDENTICAL, DemoModel::copied),
        shuffled("resnet20-shuffled", "resnet20", Verdict.PERMUTED, s -> List.of()),
        shuffled("resnet20-noised", "resnet20", Verdict.DERIVED, s -> List.of(noise(0.5))),
        shuffled(
            "resnet20-pruned",
            "resnet20",
            Verdict.DERIVED,
            s -> List.of(new Pruning(91, LayerSelection.all()))),
        shuffled(
            "resnet20-4bit",
            "resnet20",
            Verdict.DERIVED,
            s -> List.of(new UniformQuantisation(4, LayerSelection.all()))),
        shuffled(
            "resnet20-scaled",
            "resnet20",
            Verdict.RESCALED,
            s -> List.of(new NeuronScale(s, 3, 0.1, false, LayerSelection.all(), SEED))),
        shuffled(
            "resnet20-retrained",
            "resnet20",
            Verdict.UNRELATED,
            s -> List.of(new Reinitialised(SEED))),
        new DemoModel("resnet20-cut", "resnet20", Verdict.UNREADABLE, DemoModel::cut),
        new DemoModel("resnet20-pickle", "resnet20", Verdict.UNREADABLE, DemoModel::hostile),
        new DemoModel("llama-for-resnet", "resnet20", Verdict.INCOMPARABLE, DemoModel::llama),
        shuffled("llama-shuffled", "llama", Verdict.PERMUTED, s -> List.of()),
        shuffled(
            "llama-8bit",
            "llama",
            Verdict.DERIVED,
            s -> List.of(new UniformQuantisation(8, LayerSelection.all()))),
        shuffled("llama-noised", "llama", Verdict.DERIVED, s -> List.of(noise(0.3))),
        shuffled(
            "llama-retrained", "llama", Verdict.UNRELATED, s -> List.of(new Reinitialised(SEED))));
  }

  /** Writes the model below the demo's folder. */
  Path build(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("fleet"));
    return maker.make(this, folder);
  }

  private static Perturbation noise(double omega) {
    return new Noise(omega, LayerSelection.all(), SEED);
  }

  private static DemoModel shuffled(
      String id, String reference, Verdict expected, Permute.Changes changes) {
    return new DemoModel(
        id, reference, expected, (member, folder) -> member.permuted(folder, changes));
  }

  private Path permuted(Path folder, Permute.Changes changes) {
    Path in = folder.resolve(REFERENCES.get(reference));
    Path out = folder.resolve("fleet").resolve(Files.isDirectory(in) ? id : id + ".safetensors");
    Permute.run(
        new Permute.Request(
            in.toString(),
            out.toString(),
            SEED + id.hashCode(),
            folder.resolve("truth").resolve(id + ".json").toString(),
            StructureChoice.AUTOMATIC,
            Map.of()),
        true,
        changes);
    return out;
  }

  private Path copied(Path folder) throws IOException {
    return Files.copy(
        folder.resolve(REFERENCES.get(reference)), folder.resolve("fleet").resolve(id + ".th"));
  }

  private Path llama(Path folder) {
    return folder.resolve(REFERENCES.get("llama"));
  }

  /** The first half of a good file. */
  private Path cut(Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(REFERENCES.get(reference)));
    return Files.write(
        folder.resolve("fleet").resolve(id + ".th"), Arrays.copyOf(whole, whole.length / 2));
  }

  /** A pickle that would run a command where it is loaded without care. */
  private Path hostile(Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(REFERENCES.get(reference)));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    String turned = text.replaceFirst("ccollections\nOrderedDict\n", "cos\nsystem\n");
    return Files.write(
        folder.resolve("fleet").resolve(id + ".th"), turned.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Other weights of the same spread, tensor by tensor: what training from another start gives an
   * owner to compare with.
   */
  private record Reinitialised(long seed) implements Perturbation {
    @Override
    public String description() {
      return "weights drawn anew, seed " + seed;
    }

    @Override
    public boolean selects(String tensor, Shape shape) {
      return true;
    }

    @Override
    public void applyInPlace(String tensor, Shape shape, float[] values) {
      java.util.SplittableRandom random =
          new java.util.SplittableRandom(seed * 31 + tensor.hashCode());
      for (int i = values.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        float kept = values[i];
        values[i] = values[j];
        values[j] = kept;
      }
    }
  }
}
