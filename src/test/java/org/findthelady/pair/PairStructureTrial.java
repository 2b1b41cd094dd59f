package org.findthelady.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.discover.PairStructure;
import org.findthelady.discover.Tie;
import org.findthelady.experiment.FloatTensor;
import org.findthelady.experiment.LabModel;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Prints what is found of networks of known structure whose names are taken away. */
final class PairStructureTrial {
  private static final List<String> CASES =
      List.of(
          "copy", "noise", "shuffled", "noise0.3", "4bits", "pruned60", "allnoise0.3", "unrelated");

  private PairStructureTrial() {}

  /** Arguments: seeds, cases separated by commas (or "all"), files (path or path=graph). */
  public static void main(String[] args) throws IOException {
    int seeds = Integer.parseInt(args[0]);
    List<String> cases = args[1].equals("all") ? CASES : List.of(args[1].split(","));
    for (int i = 2; i < args.length; i++) {
      String[] named = args[i].split("=");
      LabModel model = load(named[0], named.length > 1 ? named[1] : null);
      for (String kind : cases) {
        for (int seed = 1; seed <= seeds; seed++) {
          System.out.println(row(named[0], model, kind, seed));
        }
      }
    }
  }

  static LabModel load(String relative, String graph) throws IOException {
    HadoopStore store = new HadoopStore();
    Path path = Path.of(relative).isAbsolute() ? Path.of(relative) : SharedModels.path(relative);
    Checkpoint checkpoint = Checkpoints.open(store, path.toString());
    StructureChoice choice =
        graph == null
            ? StructureChoice.AUTOMATIC
            : graph.startsWith("models/")
                ? new StructureChoice(null, SharedModels.path(graph).toString())
                : new StructureChoice(graph, null);
    Structure structure = Structures.of(store, checkpoint, choice).structure();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      List<org.findthelady.core.TensorInfo> weights =
          org.findthelady.structure.TrainingState.of(checkpoint.tensors()).weights();
      return LabModel.read(checkpoint.of(weights), reader, structure);
    }
  }

  static String row(String name, LabModel model, String kind, long seed) throws IOException {
    Structure known = model.structure();
    boolean moved = !kind.equals("copy") && !kind.equals("noise");
    GroupPermutations shuffle =
        moved ? GroupPermutations.random(known, seed) : GroupPermutations.identity();
    LabModel changed =
        kind.equals("unrelated") ? seeded(model, seed) : model.perturbed(attack(kind, seed));
    LabModel suspect = changed.permuted(shuffle);
    long started = System.nanoTime();
    Numbered a = new Numbered(model);
    Numbered b = new Numbered(suspect);
    PairStructure found = PairStructure.of(a.names(), a, b, seed);
    double seconds = (System.nanoTime() - started) / 1e9;
    if (Boolean.getBoolean("ties")) {
      for (Tie tie : found.ties()) {
        System.out.printf(
            Locale.ROOT,
            "   %s[%d] %s %s p=%.1e %s%n",
            a.original(tie.tensor()),
            tie.axis(),
            model.tensor(a.original(tie.tensor())).shape(),
            tie.group(),
            Math.exp(tie.logP()),
            tie.how());
      }
      found
          .unknown()
          .forEach(
              u ->
                  System.out.println(
                      "   unknown "
                          + a.original(u.substring(0, 4))
                          + u.substring(4)
                          + " "
                          + model.tensor(a.original(u.substring(0, 4))).shape()));
    }
    MatchResult ours = Matcher.match(found.structure(), a, b, MatchOptions.defaults());
    MatchResult theirs = Matcher.match(known, model, suspect, MatchOptions.defaults());
    LabModel exact = model.permuted(shuffle);
    return String.format(
        Locale.ROOT,
        "%-34s %-11s seed %d  groups %3d/%3d  unknown axes %3d  in place %7.3f (known %7.3f)  psi"
            + " %7.3f (known %7.3f)  %s (known %s) %.2f s",
        name.substring(name.lastIndexOf('/') + 1),
        kind,
        seed,
        found.structure().groups().size(),
        known.groups().size(),
        found.unknown().size(),
        inPlace(model, exact, found.structure(), ours.resync(), a),
        inPlace(model, exact, known, theirs.resync(), null),
        psi(model, shuffle, found.structure(), ours.resync(), a),
        psi(model, shuffle, known, theirs.resync(), null),
        verdict(ours),
        verdict(theirs),
        seconds);
  }

  private static String verdict(MatchResult match) {
    List<NeuronChanges> changes = match.groups().stream().map(g -> NeuronChanges.of(g, 0)).toList();
    Judgement judgement = Judge.judge(match, changes, match.tensors(), PairFacts.plain());
    return judgement.verdict().toString();
  }

  private static List<Perturbation> attack(String kind, long seed) {
    return switch (kind) {
      case "noise" -> List.of(new Noise(0.1, LayerSelection.all(), seed));
      case "noise0.3" -> List.of(new Noise(0.3, LayerSelection.all(), seed));
      case "allnoise0.3" -> List.of(new Noise(0.3, LayerSelection.everything(), seed));
      case "allnoise0.1" -> List.of(new Noise(0.1, LayerSelection.everything(), seed));
      case "4bits" -> List.of(new UniformQuantisation(4, LayerSelection.all()));
      case "pruned60" -> List.of(new Pruning(60, LayerSelection.all()));
      default -> List.of();
    };
  }

  private static LabModel seeded(LabModel model, long seed) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(seed);
    java.util.Random gaussian = new java.util.Random(random.nextLong());
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              double sum = 0;
              double squares = 0;
              for (float value : tensor.values()) {
                sum += value;
                squares += (double) value * value;
              }
              int n = tensor.values().length;
              double mean = sum / n;
              double sigma = Math.sqrt(Math.max(0, squares / n - mean * mean));
              float[] values = new float[n];
              for (int i = 0; i < n; i++) {
                values[i] = (float) (mean + sigma * gaussian.nextGaussian());
              }
              tensors.put(name, new FloatTensor(tensor.shape(), values));
            });
    return new LabModel(model.structure(), tensors);
  }

  /** Share of elements that are back where they were, in percent. */
  private static double inPlace(
      LabModel model,
      LabModel exact,
      Structure structure,
      GroupPermutations resync,
      Numbered names) {
    long good = 0;
    long all = 0;
    for (Map.Entry<String, FloatTensor> entry : model.tensors().entrySet()) {
      String name = names == null ? entry.getKey() : names.number(entry.getKey());
      float[] back;
      if (names == null) {
        var move = structure.move(name, resync);
        back = gathered(exact.tensor(move.source()), move.gathers());
      } else {
        back = gathered(exact.tensor(entry.getKey()), structure.gathers(name, resync));
      }
      float[] values = entry.getValue().values();
      long before = good;
      for (int i = 0; i < back.length; i++) {
        good += back[i] == values[i] ? 1 : 0;
        all++;
      }
      if (Boolean.getBoolean("ties") && good - before < back.length) {
        System.out.printf(
            Locale.ROOT,
            "   wrong %s %s %s: %.3f%n",
            names == null ? "known" : "found",
            entry.getKey(),
            entry.getValue().shape(),
            1 - (double) (good - before) / back.length);
      }
    }
    return 100.0 * good / all;
  }

  private static float[] gathered(FloatTensor tensor, int[][] gathers) {
    long[] shape = tensor.shape().toArray();
    float[] values = tensor.values();
    float[] out = new float[values.length];
    int[] place = new int[shape.length];
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        place[axis] = (int) (rest % shape[axis]);
        rest /= (int) shape[axis];
      }
      int from = 0;
      for (int axis = 0; axis < shape.length; axis++) {
        boolean moves = axis < gathers.length && gathers[axis] != null;
        from = from * (int) shape[axis] + (moves ? gathers[axis][place[axis]] : place[axis]);
      }
      out[i] = values[from];
    }
    return out;
  }

  /** Share of places of all axes that truly move which are right, groups weighed by leaves. */
  private static double psi(
      LabModel model,
      GroupPermutations shuffle,
      Structure structure,
      GroupPermutations resync,
      Numbered names) {
    Structure known = model.structure();
    Map<String, double[]> sums = new LinkedHashMap<>();
    known
        .axes()
        .forEach(
            (tensor, axes) -> {
              if (!model.has(tensor)) {
                return;
              }
              String name = names == null ? tensor : names.number(tensor);
              int[][] undone = structure.gathers(name, resync);
              for (int axis = 0; axis < axes.size(); axis++) {
                Axis carried = axes.get(axis);
                if (carried.isFrozen() || axes.size() < 2) {
                  continue;
                }
                int[] applied = known.gather(carried, shuffle);
                int n = carried.length();
                int right = 0;
                for (int i = 0; i < n; i++) {
                  int at = axis < undone.length && undone[axis] != null ? undone[axis][i] : i;
                  right += (applied == null ? at : applied[at]) == i ? 1 : 0;
                }
                for (String group : carried.groups()) {
                  double[] sum = sums.computeIfAbsent(group, k -> new double[2]);
                  sum[0] += (double) right / n;
                  sum[1]++;
                }
              }
            });
    double right = 0;
    double all = 0;
    for (Group group : known.groups()) {
      double[] sum = sums.get(group.name());
      if (sum != null) {
        right += group.units() * sum[0] / sum[1];
        all += group.units();
      }
    }
    return all == 0 ? 100 : 100 * right / all;
  }

  /** A model whose tensors have numbers instead of names. */
  static final class Numbered implements Weights {
    private final LabModel model;
    private final List<String> originals;

    Numbered(LabModel model) {
      this.model = model;
      this.originals = new ArrayList<>(model.tensors().keySet());
    }

    List<String> names() {
      return originals.stream().map(this::number).toList();
    }

    String number(String original) {
      return "%04d".formatted(originals.indexOf(original));
    }

    String original(String number) {
      return originals.get(Integer.parseInt(number));
    }

    @Override
    public boolean has(String tensor) {
      return tensor.matches("[0-9]{4}") && Integer.parseInt(tensor) < originals.size();
    }

    @Override
    public Shape shape(String tensor) {
      return model.shape(original(tensor));
    }

    @Override
    public void read(String tensor, long first, float[] target, int offset, int count) {
      model.read(original(tensor), first, target, offset, count);
    }
  }
}
