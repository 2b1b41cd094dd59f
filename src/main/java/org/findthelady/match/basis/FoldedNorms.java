package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.NormTerm;
import org.findthelady.structure.Structure;

/**
 * Batch normalisations that do the same by other numbers (method 3.14). One multiplies and adds, so
 * what it does can be put into the kernel before it, or a bias into its mean. Both sides are folded
 * whole: if kernels and offsets are equal then, so is the function.
 */
public final class FoldedNorms {
  /** Relative error of float32 arithmetic with a few terms, with room to spare. */
  private static final double ARITHMETIC = 0x1p-20;

  /** The four terms of one. */
  private static final class Norm {
    private String gain;
    private String shift;
    private String mean;
    private String variance;

    void take(String name) {
      NormTerm.of(name)
          .ifPresent(
              term -> {
                switch (term) {
                  case GAIN -> gain = name;
                  case SHIFT -> shift = name;
                  case MEAN -> mean = name;
                  case VARIANCE -> variance = name;
                }
              });
    }

    List<String> terms() {
      return List.of(gain, shift, mean, variance);
    }

    boolean isWhole() {
      return gain != null && shift != null && mean != null && variance != null;
    }
  }

  /**
   * What a normalisation makes of one unit: the factor of its kernel, and what is added.
   *
   * @param offsets made of mean and bias
   * @param shifts added to these
   * @param sizes of all that an offset and a shift are made of
   */
  private record Affine(double[] factors, double[] offsets, double[] shifts, double[] sizes) {}

  private final Structure structure;
  private final MemoryWeights ours;
  private final MemoryWeights theirs;
  private final Map<String, TensorComparison> differing;
  private final Map<String, TensorComparison> undone = new LinkedHashMap<>();
  private int folded;

  private FoldedNorms(
      Structure structure,
      MemoryWeights ours,
      MemoryWeights theirs,
      Map<String, TensorComparison> differing) {
    this.structure = structure;
    this.ours = ours;
    this.theirs = theirs;
    this.differing = differing;
  }

  /**
   * Folds normalisations of which something differs.
   *
   * @param match how the suspect was put back
   * @param tensors every tensor compared after that
   * @param parts takes the suspect in the reference's order
   * @return nothing unless that explains all that differs
   */
  public static Optional<BasisChange> find(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchResult match,
      List<TensorComparison> tensors,
      BasisSearch.Undone parts)
      throws IOException {
    Map<String, TensorComparison> differing = new TreeMap<>();
    tensors.stream().filter(t -> !t.sameValues()).forEach(t -> differing.put(t.tensor(), t));
    List<Norm> norms = norms(structure);
    boolean terms =
        norms.stream().flatMap(n -> n.terms().stream()).anyMatch(differing::containsKey);
    boolean seen =
        structure.axes().keySet().stream().allMatch(t -> reference.has(t) && suspect.has(t));
    if (!terms || !seen || !structure.axes().keySet().containsAll(differing.keySet())) {
      return Optional.empty();
    }
    MemoryWeights ours = MemoryWeights.of(reference, structure.axes().keySet());
    MemoryWeights theirs = MemoryWeights.of(suspect, structure.axes().keySet());
    theirs.gather(structure, match.resync());
    FoldedNorms found = new FoldedNorms(structure, ours, theirs, differing);
    for (Norm norm : norms) {
      found.fold(norm);
    }
    if (!found.undone.keySet().containsAll(differing.keySet())) {
      return Optional.empty();
    }
    parts.take(theirs);
    String words = found.folded + " batch normalisations were folded into what lies before them";
    return Optional.of(
        new BasisChange(
            List.of(new BasisChange.Undone(BasisChange.NORMALISATION, words)),
            found.undone,
            List.of(),
            match,
            (name, shape, values) -> false));
  }

  private static List<Norm> norms(Structure structure) {
    Map<String, Norm> norms = new LinkedHashMap<>();
    for (Map.Entry<String, List<Axis>> tensor : structure.axes().entrySet()) {
      if (tensor.getValue().size() == 1) {
        norms
            .computeIfAbsent(NormTerm.layer(tensor.getKey()), k -> new Norm())
            .take(tensor.getKey());
      }
    }
    return norms.values().stream().filter(Norm::isWhole).toList();
  }

  private void fold(Norm norm) {
    List<Axis> along = structure.axes(norm.mean);
    for (String kernel : structure.axes().keySet()) {
      List<Axis> axes = structure.axes(kernel);
      for (int axis = 0; axis < axes.size() && axes.size() > 1; axis++) {
        if (axes.get(axis).equals(along.get(0)) && fold(norm, kernel, axis)) {
          return;
        }
      }
    }
  }

  /** Whether a normalisation and a kernel together are the same on both sides. */
  private boolean fold(Norm norm, String kernel, int axis) {
    String bias = bias(norm, kernel);
    List<String> all = new ArrayList<>(norm.terms());
    all.add(kernel);
    if (bias != null) {
      all.add(bias);
    }
    double most =
        all.stream()
            .filter(differing::containsKey)
            .mapToDouble(name -> differing.get(name).relativeDifference())
            .max()
            .orElse(0);
    if (most < Thresholds.BASIS_ROUNDING_OF_ONE || undone.containsKey(kernel)) {
      return false;
    }
    for (double epsilon : NormTerm.EPSILONS) {
      Affine here = affine(norm, bias, ours, epsilon);
      Affine there = affine(norm, bias, theirs, epsilon);
      float[] left = scaled(kernel, axis, ours, here.factors());
      float[] right = scaled(kernel, axis, theirs, there.factors());
      if (areEqual(here, there) && areEqual(kernel, axis, left, right)) {
        all.forEach(name -> explain(name, kernel, left, right));
        folded++;
        return true;
      }
    }
    return false;
  }

  private void explain(String name, String kernel, float[] left, float[] right) {
    if (name.equals(kernel)) {
      undone.put(name, BasisSearch.compared(name, true, left, right));
    } else if (differing.containsKey(name)) {
      undone.put(name, TensorComparison.sameNumbers(differing.get(name)));
    }
  }

  /** The bias of a kernel's own layer, or null. */
  private String bias(Norm norm, String kernel) {
    return structure.axes().keySet().stream()
        .filter(name -> structure.axes(name).equals(structure.axes(norm.mean)))
        .filter(
            name ->
                !norm.terms().contains(name) && NormTerm.layer(name).equals(NormTerm.layer(kernel)))
        .findFirst()
        .orElse(null);
  }

  private static Affine affine(Norm norm, String bias, MemoryWeights weights, double epsilon) {
    float[] gain = weights.values(norm.gain);
    float[] shift = weights.values(norm.shift);
    float[] mean = weights.values(norm.mean);
    float[] variance = weights.values(norm.variance);
    float[] added = bias == null ? new float[gain.length] : weights.values(bias);
    int units = gain.length;
    Affine affine =
        new Affine(new double[units], new double[units], new double[units], new double[units]);
    for (int i = 0; i < gain.length; i++) {
      double factor = gain[i] / Math.sqrt(variance[i] + epsilon);
      affine.factors[i] = factor;
      affine.offsets[i] = factor * ((double) added[i] - mean[i]);
      affine.shifts[i] = shift[i];
      affine.sizes[i] =
          Math.abs(factor) * (Math.abs(added[i]) + Math.abs(mean[i])) + Math.abs(shift[i]);
    }
    return affine;
  }

  private static boolean areEqual(Affine here, Affine there) {
    for (int i = 0; i < here.offsets.length; i++) {
      if (!(gap(here, there, i) <= most(here, there, i))) {
        return false;
      }
    }
    return true;
  }

  private static double gap(Affine here, Affine there, int unit) {
    return Math.abs(
        here.offsets[unit] + here.shifts[unit] - there.offsets[unit] - there.shifts[unit]);
  }

  /**
   * What rounding may make of it. Where the variance is next to nothing, as of a channel that is
   * always the same, the factor is large: what it makes of mean and bias must hide no shift.
   */
  private static double most(Affine here, Affine there, int unit) {
    double shift = Math.max(Math.abs(here.shifts[unit]), Math.abs(there.shifts[unit]));
    if (here.offsets[unit] == there.offsets[unit]) {
      return Thresholds.FACTOR_ROUNDING * shift;
    }
    double offset = Math.max(Math.abs(here.offsets[unit]), Math.abs(there.offsets[unit]));
    return Thresholds.FACTOR_ROUNDING * (shift + offset)
        + ARITHMETIC * Math.max(here.sizes[unit], there.sizes[unit]);
  }

  private float[] scaled(String kernel, int axis, MemoryWeights weights, double[] factors) {
    float[] values = weights.values(kernel).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factors[unit(kernel, axis, i)]);
    }
    return values;
  }

  private boolean areEqual(String kernel, int axis, float[] left, float[] right) {
    Map<Integer, double[]> sums = new HashMap<>();
    for (int i = 0; i < left.length; i++) {
      double[] sum = sums.computeIfAbsent(unit(kernel, axis, i), unit -> new double[2]);
      sum[0] += ((double) left[i] - right[i]) * ((double) left[i] - right[i]);
      sum[1] += (double) left[i] * left[i];
    }
    double most = Thresholds.FACTOR_ROUNDING * Thresholds.FACTOR_ROUNDING;
    return sums.values().stream().allMatch(sum -> sum[0] <= most * sum[1]);
  }

  private int unit(String kernel, int axis, int element) {
    var shape = ours.shape(kernel);
    int stride = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
    return element / stride % shape.intLength(axis);
  }
}
