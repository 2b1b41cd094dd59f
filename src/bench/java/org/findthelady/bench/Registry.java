package org.findthelady.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.findthelady.cli.Main;
import org.findthelady.core.Shape;
import org.findthelady.experiment.FloatTensor;
import org.findthelady.experiment.LabModel;
import org.findthelady.experiment.SmallNetwork;
import org.findthelady.job.Permute;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.Axis;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A registry of mixed descent: 20 references, of which 8 + 4 are networks trained apart on MNIST,
 * with an architecture file; 2 + 2 the same without a known structure, their tensors numbered; and
 * 4 decoders with drawn weights. Four of five suspects are made of one or two of them and shuffled.
 * Says which of them got the right reference and how many pairs were matched.
 */
@Command(name = "registry", description = "Measure which references suspects are held against.")
final class Registry implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int[][] SIZES = {{49, 64, 48}, {49, 96, 32}};
  private static final int REFERENCES = 20;
  private static final int DECODERS = 4;
  private static final List<String> KINDS =
      List.of("copy", "shuffled", "noise", "pruned", "bits", "tuned", "basis", "merged", "apart");
  private static final int[] ORDER = {0, 1, 2, 3, 8, 4, 5, 6, 7, 8};

  @Option(names = "--out", required = true, description = "Folder to make.")
  Path out;

  @Option(names = "--mnist", required = true, description = "Folder of MNIST's test images.")
  Path folder;

  @Option(names = "--suspects", defaultValue = "200")
  int suspects;

  @Option(names = "--compare", defaultValue = "likely")
  String compare;

  private Mnist mnist;
  private final List<Model> references = new ArrayList<>();
  private final Map<String, String> kinds = new TreeMap<>();
  private final Map<String, Set<String>> parents = new TreeMap<>();

  @Override
  public Integer call() throws IOException {
    mnist = Mnist.read(folder, 7);
    boolean made = Files.exists(out.resolve("job.json"));
    ObjectNode job = JSON.createObjectNode().put("name", "registry").put("compare", compare);
    job.put("incremental", false);
    ArrayNode entries = job.putArray("references");
    for (int r = 0; r < REFERENCES; r++) {
      references.add(isDecoder(r) ? SmallFamilies.llama(r) : trained(r, 1000 + r));
      ObjectNode entry = entries.addObject().put("id", id(r)).put("path", "own/" + file(r, id(r)));
      if (isNamed(r) && !isDecoder(r)) {
        entry.put("architecture", "mlp-%d.json".formatted(sizes(r)[1]));
      }
      if (!made) {
        write(r, references.get(r), out.resolve("own"), id(r), null);
      }
    }
    for (int s = 0; s < suspects; s++) {
      suspect(s, made);
    }
    for (int[] sizes : SIZES) {
      Files.writeString(out.resolve("mlp-%d.json".formatted(sizes[1])), architecture(sizes));
    }
    ObjectNode found = job.putArray("suspects").addObject();
    found.put("folder", "in");
    JSON.writeValue(out.resolve("job.json").toFile(), job);
    long started = System.nanoTime();
    Path runs = out.resolve("runs-" + compare);
    int code = Main.run("audit", "--job", out + "/job.json", "--out", runs.toString());
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.print(new RegistryTable(kinds, parents, references.size()).of(runs, seconds));
    return code;
  }

  /** Of 200, every kind meets every reference once; of fewer or more each kind has its share. */
  private void suspect(int number, boolean made) throws IOException {
    int r = number % REFERENCES;
    String kind = KINDS.get(ORDER[(number / REFERENCES + number) % ORDER.length]);
    String name = "s%05d".formatted(number);
    kinds.put(name, kind);
    int other = partner(r);
    parents.put(
        name,
        kind.equals("apart")
            ? Set.of()
            : kind.equals("merged") ? Set.of(id(r), id(other)) : Set.of(id(r)));
    if (!made) {
      Model model = changed(kind, r, other, number);
      Long order =
          kind.equals("copy") || (kind.equals("basis") && isDecoder(r)) ? null : (long) number;
      write(r, model, out.resolve("in"), name, order);
    }
  }

  private Model changed(String kind, int r, int other, int seed) {
    Model model = references.get(r);
    return switch (kind) {
      case "noise" -> model.changed(Model.noise(0.3, seed));
      case "pruned" -> model.changed(Model.pruned(0.7));
      case "bits" -> model.changed(Model.quantised(4));
      case "tuned" -> isDecoder(r) ? SmallFamilies.adapted(model, seed) : tuned(r, model, seed);
      case "basis" -> isDecoder(r) ? SmallFamilies.rotated(model, seed) : rescaled(r, model, seed);
      case "merged" -> SmallFamilies.merged(model, references.get(other));
      case "apart" -> isDecoder(r) ? SmallFamilies.llama(50_000 + seed) : trained(r, 50_000 + seed);
      default -> model;
    };
  }

  private Model trained(int r, long seed) {
    int[] sizes = sizes(r);
    return trained(SmallNetwork.fresh(sizes[0], sizes[1], sizes[2], seed), r, seed + 7);
  }

  private Model tuned(int r, Model model, long seed) {
    Map<String, FloatTensor> tensors = new TreeMap<>();
    model.values.forEach(
        (name, values) -> {
          List<Axis> axes = model.structure.axes(name);
          long[] lengths = axes.stream().mapToLong(Axis::length).toArray();
          tensors.put(name, new FloatTensor(Shape.of(lengths), values));
        });
    return trained(SmallNetwork.of(new LabModel(model.structure, tensors)), r, seed);
  }

  private Model trained(SmallNetwork network, int r, long seed) {
    int[] sizes = sizes(r);
    Model model = Model.random(Structures.mlp(sizes[0], sizes[1], sizes[2], 10), 0);
    network
        .train(mnist.images(), mnist.labels(), 1, 0.02f, seed)
        .model()
        .tensors()
        .forEach((name, tensor) -> model.values.put(name, tensor.values()));
    return model;
  }

  /** Each unit by a factor of its own, which the layer above undoes. */
  private Model rescaled(int r, Model model, long seed) {
    Model scaled = model.copy();
    java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
    for (int layer = 1; layer <= 2; layer++) {
      float[] weights = scaled.values.get("fc" + layer + ".weight");
      float[] above = scaled.values.get("fc" + (layer + 1) + ".weight");
      float[] biases = scaled.values.get("fc" + layer + ".bias");
      int width = sizes(r)[layer - 1];
      for (int unit = 0; unit < biases.length; unit++) {
        float factor = (float) Math.exp(random.nextDouble(-1, 1));
        biases[unit] *= factor;
        for (int i = 0; i < width; i++) {
          weights[unit * width + i] *= factor;
        }
        for (int i = unit; i < above.length; i += biases.length) {
          above[i] /= factor;
        }
      }
    }
    return scaled;
  }

  private void write(int r, Model model, Path folder, String name, Long order) throws IOException {
    if (isDecoder(r)) {
      Path plain = order == null ? folder.resolve(name) : out.resolve("plain/" + name);
      SmallFamilies.writeLlama(model, plain);
      if (order != null) {
        Permute.run(
            new Permute.Request(
                plain.toString(),
                folder.resolve(name).toString(),
                order,
                null,
                StructureChoice.AUTOMATIC,
                Map.of()));
      }
      return;
    }
    int[] sizes = sizes(r);
    Structure structure = Structures.mlp(sizes[0], sizes[1], sizes[2], 10);
    Model moved =
        order == null ? model : model.gathered(GroupPermutations.random(structure, order));
    Map<String, String> names = isNamed(r) ? Map.of() : SmallFamilies.numbered(model);
    SmallFamilies.write(moved, names, folder.resolve(file(r, name)));
  }

  private static boolean isDecoder(int r) {
    return r >= REFERENCES - DECODERS;
  }

  private static int[] sizes(int r) {
    return SIZES[r % 3 == 2 ? 1 : 0];
  }

  /** A third has names and a structure that nobody knows. */
  private static boolean isNamed(int r) {
    return isDecoder(r) || r >= 7;
  }

  /** Another reference of the same shape. */
  private static int partner(int r) {
    if (isDecoder(r)) {
      return r == REFERENCES - 1 ? REFERENCES - DECODERS : r + 1;
    }
    return r + 3 < REFERENCES - DECODERS ? r + 3 : r - 3;
  }

  private static String id(int r) {
    return "r%02d".formatted(r);
  }

  private static String file(int r, String name) {
    return isDecoder(r) ? name : name + ".safetensors";
  }

  private static String architecture(int[] sizes) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("name", "mlp-" + sizes[1]);
    ObjectNode spaces = root.putObject("spaces");
    spaces.putObject("pixel").put("frozen", "input pixels");
    spaces.putObject("label").put("frozen", "class labels");
    spaces.putObject("unit.{i}").put("group", "?");
    ObjectNode tensors = root.putObject("tensors");
    tensors.putArray("fc1.weight").add("unit.1").add("pixel");
    tensors.putArray("fc1.bias").add("unit.1");
    tensors.putArray("fc2.weight").add("unit.2").add("unit.1");
    tensors.putArray("fc2.bias").add("unit.2");
    tensors.putArray("fc3.weight").add("label").add("unit.2");
    tensors.putArray("fc3.bias").add("label");
    return JSON.writeValueAsString(root);
  }
}
