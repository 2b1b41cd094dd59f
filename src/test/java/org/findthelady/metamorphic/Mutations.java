package org.findthelady.metamorphic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Verdict;
import org.findthelady.match.Model;
import org.findthelady.match.verdict.FindingKind;

/** Things done to one unit, one tensor or all weights of a network. */
final class Mutations {
  /** What half precision rounds to infinity. */
  private static final float MOST_F16 = 65520;

  private final Network network;
  private final Target target;
  private final List<Mutation> made = new ArrayList<>();

  private Mutations(Network network, Target target) {
    this.network = network;
    this.target = target;
  }

  static List<Mutation> of(Network network, Target target) {
    Mutations mutations = new Mutations(network, target);
    mutations.units();
    mutations.terms();
    mutations.tensors();
    mutations.everything();
    mutations.together();
    return mutations.made;
  }

  private void units() {
    row("row x 1.5", x -> 1.5f * x, FindingKind.UNIT_SCALED, 1.5);
    row("row x 1.01", x -> 1.01f * x, FindingKind.UNIT_SCALED, 1.01);
    row("row x -1", x -> -x, FindingKind.UNIT_SIGN_TURNED, Double.NaN);
    row("row zeroed", x -> 0f, FindingKind.UNIT_CHANGED, Double.NaN);
    SplittableRandom random = new SplittableRandom(3);
    double size = rms(network.values(target.tensor()));
    row(
        "row replaced",
        x -> (float) (size * random.nextGaussian()),
        FindingKind.UNIT_CHANGED,
        Double.NaN);
    row(
        "row noised",
        x -> (float) (x + 0.05 * size * random.nextGaussian()),
        FindingKind.UNIT_CHANGED,
        Double.NaN);
    one("one ulp", Math::nextUp, FindingKind.UNIT_CHANGED);
    one("one weight + 1%", x -> 1.01f * x, FindingKind.UNIT_CHANGED);
    one("NaN", x -> Float.NaN, FindingKind.NOT_FINITE);
    benign();
  }

  /** A unit that is followed by nothing that is not linear in a positive factor. */
  private void benign() {
    List<Target.Place> readers = target.readers(network);
    if (target.terms(network).size() > 1 || readers.isEmpty()) {
      return;
    }
    Network benign = network.copy();
    edit(benign, target.tensor(), target.axis(), x -> 2 * x);
    readers.forEach(place -> edit(benign, place.tensor(), place.axis(), x -> x / 2));
    target.terms(network).forEach(place -> edit(benign, place.tensor(), 0, x -> 2 * x));
    made.add(
        new Mutation("row x 2, columns / 2", benign, Expected.verdict(Verdict.RESCALED, "keep")));
  }

  private void row(String name, UnaryOperator<Float> change, FindingKind kind, double size) {
    Network changed = network.copy();
    edit(changed, target.tensor(), target.axis(), change);
    made.add(new Mutation(name, changed, Expected.unit(kind, target, size)));
  }

  private void one(String name, UnaryOperator<Float> change, FindingKind kind) {
    Network changed = network.copy();
    Network.Tensor tensor = changed.get(target.tensor());
    int best = -1;
    for (int i = 0; i < tensor.values().length; i++) {
      boolean here = tensor.index(i, target.axis()) == target.unit();
      if (here && (best < 0 || Math.abs(tensor.values()[i]) > Math.abs(tensor.values()[best]))) {
        best = i;
      }
    }
    tensor.values()[best] = change.apply(tensor.values()[best]);
    Expected expected =
        kind == FindingKind.NOT_FINITE
            ? Expected.tensor(kind, target.tensor(), 1)
            : Expected.unit(kind, target, Double.NaN);
    made.add(new Mutation(name, changed, expected));
  }

  private void edit(Network changed, String name, int axis, UnaryOperator<Float> change) {
    edit(changed, target, name, axis, change);
  }

  private void edit(
      Network changed, Target unit, String name, int axis, UnaryOperator<Float> change) {
    Network.Tensor tensor = changed.get(name);
    int[] leaves = network.structure.units(network.structure.axes(name).get(axis), unit.group());
    for (int i = 0; i < tensor.values().length; i++) {
      if (leaves[tensor.index(i, axis)] == unit.unit()) {
        tensor.values()[i] = change.apply(tensor.values()[i]);
      }
    }
  }

  private void terms() {
    for (Target.Place place : target.terms(network)) {
      Network changed = network.copy();
      edit(changed, place.tensor(), 0, x -> 1.3f * x + 0.1f);
      made.add(
          new Mutation(
              "term changed",
              changed,
              Expected.unit(FindingKind.UNIT_CHANGED, place.tensor(), target.unit(), Double.NaN)));
    }
  }

  private void tensors() {
    tensor("tensor zeroed", values -> new float[values.length], FindingKind.ZEROED, 1);
    tensor("tensor x 2", values -> each(values, x -> 2 * x), FindingKind.TENSOR_SCALED, 2);
    tensor("tensor noised", Model.noise(0.1, 7), FindingKind.WEIGHTS_CHANGED, 0.1);
    tensor("tensor replaced", Model.noise(1, 8), FindingKind.REPLACED, Double.NaN);
    tensor("tensor 4 bits", Model.quantised(4), FindingKind.QUANTISED, 4);
    tensor("tensor pruned", Model.pruned(0.5), FindingKind.PRUNED, 0.5);
    tensor("low-rank drift", this::drifted, FindingKind.LOW_RANK_DRIFT, 2);
  }

  private void tensor(String name, UnaryOperator<float[]> change, FindingKind kind, double size) {
    Network changed = network.copy();
    Network.Tensor old = changed.get(target.tensor());
    float[] from = kind == FindingKind.REPLACED ? new float[old.values().length] : old.values();
    if (kind == FindingKind.REPLACED) {
      SplittableRandom random = new SplittableRandom(5);
      double rms = rms(old.values());
      for (int i = 0; i < from.length; i++) {
        from[i] = (float) (rms * random.nextGaussian());
      }
      changed.tensors.put(target.tensor(), old.with(old.shape(), from));
    } else {
      changed.tensors.put(target.tensor(), old.with(old.shape(), change.apply(from)));
    }
    made.add(new Mutation(name, changed, Expected.tensor(kind, target.tensor(), size)));
  }

  /** Adds a matrix of rank 2. */
  private float[] drifted(float[] values) {
    Network.Tensor tensor = network.get(target.tensor());
    int columns =
        target.axis() == 0
            ? values.length / tensor.shape().intLength(0)
            : tensor.shape().intLength(target.axis());
    int rows = values.length / columns;
    SplittableRandom random = new SplittableRandom(9);
    double[] down = new double[2 * columns];
    double[] up = new double[2 * rows];
    Arrays.setAll(down, i -> random.nextGaussian());
    Arrays.setAll(up, i -> random.nextGaussian());
    float[] drifted = values.clone();
    double size = 0.2 * rms(values);
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      int column = i % columns;
      drifted[i] +=
          (float)
              (size * (up[2 * row] * down[2 * column] + up[2 * row + 1] * down[2 * column + 1]));
    }
    return drifted;
  }

  private void everything() {
    all("pruned 50 %", Model.pruned(0.5), FindingKind.PRUNED, 0.5);
    all("pruned 95 %", Model.pruned(0.95), FindingKind.PRUNED, 0.95);
    all("8 bits", Model.quantised(8), FindingKind.QUANTISED, 8);
    all("4 bits", Model.quantised(4), FindingKind.QUANTISED, 4);
    all("2 bits", Model.quantised(2), FindingKind.QUANTISED, 2);
    all("noise 0.1", Model.noise(0.1, 4), FindingKind.WEIGHTS_CHANGED, Double.NaN);
    all("noise 1", Model.noise(1, 5), FindingKind.WEIGHTS_CHANGED, Double.NaN);
    all("all x 1.1", values -> each(values, x -> 1.1f * x), FindingKind.TENSOR_SCALED, 1.1);
    cast(DType.F16);
    cast(DType.BF16);
  }

  /** Things that hide each other: a neuron among changes of all, signs of many, rows exchanged. */
  private void together() {
    rowReplaced("row replaced, all noised", Model.noise(0.01, 11));
    Network turned = network.copy();
    int units = network.structure.group(target.group()).units();
    for (int unit = target.unit() % 2; unit < units; unit += 2) {
      Target other = new Target(target.tensor(), target.axis(), target.group(), unit);
      edit(turned, other, other.tensor(), other.axis(), x -> -x);
      for (Target.Place place : other.terms(network)) {
        if (place.tensor().endsWith("weight") || place.tensor().contains("gamma")) {
          edit(turned, other, place.tensor(), 0, x -> -x);
        }
      }
    }
    made.add(
        new Mutation(
            "half of the rows turned",
            turned,
            Expected.anyUnit(FindingKind.UNIT_SIGN_TURNED, target.tensor())));
    all("8 bits, blocks of 32", this::inBlocks, FindingKind.QUANTISED, 8);
    all("8-bit floats times a scale", Mutations::bytes, FindingKind.QUANTISED, 8);
    rowReplaced("row replaced, all pruned", Model.pruned(0.5));
    rowReplaced("row replaced, all 6 bits", Model.quantised(6));
  }

  private void rowReplaced(String name, UnaryOperator<float[]> change) {
    Network changed = network.copy();
    for (String weight : weights()) {
      Network.Tensor old = changed.get(weight);
      changed.tensors.put(weight, old.with(old.shape(), change.apply(old.values())));
    }
    double size = rms(network.values(target.tensor()));
    SplittableRandom random = new SplittableRandom(12);
    edit(changed, target.tensor(), target.axis(), x -> (float) (size * random.nextGaussian()));
    made.add(
        new Mutation(name, changed, Expected.unit(FindingKind.UNIT_CHANGED, target, Double.NaN)));
  }

  /** The nearest 8-bit floats times one scale. */
  private static float[] bytes(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    float scale = most / 448;
    float[] rounded = each(values, x -> x / scale);
    ByteBuffer packed = ByteBuffer.allocate(values.length);
    Floats.encode(DType.F8_E4M3, rounded, 0, values.length, packed);
    Floats.decode(DType.F8_E4M3, packed.flip(), rounded, 0, values.length);
    return each(rounded, x -> x * scale);
  }

  /** Rounds every block of 32 numbers to symmetric steps of its own. */
  private float[] inBlocks(float[] values) {
    float[] rounded = new float[values.length];
    for (int from = 0; from < values.length; from += 32) {
      int to = Math.min(values.length, from + 32);
      float most = 0;
      for (int i = from; i < to; i++) {
        most = Math.max(most, Math.abs(values[i]));
      }
      double step = most == 0 ? 1 : most / 127.0;
      for (int i = from; i < to; i++) {
        rounded[i] = (float) (Math.rint(values[i] / step) * step);
      }
    }
    return rounded;
  }

  private Set<String> weights() {
    Set<String> weights = new LinkedHashSet<>();
    network
        .structure
        .axes()
        .keySet()
        .forEach(
            name -> {
              Network.Tensor tensor = network.get(name);
              if (tensor != null && tensor.values() != null && tensor.shape().rank() > 1) {
                weights.add(name);
              }
            });
    return weights;
  }

  private void all(String name, UnaryOperator<float[]> change, FindingKind kind, double size) {
    Network changed = network.copy();
    for (String weight : weights()) {
      Network.Tensor old = changed.get(weight);
      changed.tensors.put(weight, old.with(old.shape(), change.apply(old.values())));
    }
    made.add(new Mutation(name, changed, Expected.all(kind, size)));
  }

  private void cast(DType type) {
    Network changed = network.copy();
    long overflows =
        network.tensors.values().stream()
            .filter(tensor -> type == DType.F16 && tensor.values() != null)
            .mapToLong(tensor -> beyond(tensor.values()))
            .sum();
    changed.tensors.replaceAll(
        (name, tensor) -> tensor.values() == null ? tensor : tensor.as(type));
    String said =
        "cast to %s explains every difference".formatted(type)
            + (overflows == 0 ? "" : "; %d values were too large for it".formatted(overflows));
    made.add(new Mutation("cast " + type, changed, Expected.verdict(Verdict.DERIVED, said)));
  }

  private static long beyond(float[] values) {
    long beyond = 0;
    for (float value : values) {
      beyond += Math.abs(value) >= MOST_F16 ? 1 : 0;
    }
    return beyond;
  }

  static float[] each(float[] values, UnaryOperator<Float> change) {
    float[] changed = new float[values.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.apply(values[i]);
    }
    return changed;
  }

  static double rms(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares / values.length);
  }
}
