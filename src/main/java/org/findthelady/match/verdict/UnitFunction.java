package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.structure.NormTerm;

/**
 * Whether factors on the tensors of a unit undo each other (method 3.14). A row times k is undone
 * by the statistics or the gain of a batch normalisation behind it, or by 1 / k in all that reads
 * the unit, if its bias is multiplied too. Of a gated unit only the linear half may have a factor.
 */
final class UnitFunction {
  /** Names of the half of a gated unit that goes through a function, which no factor passes. */
  private static final List<String> GATES = List.of("gate", "w1");

  /** Members that are one batch normalisation; -1 where it has none of a kind. */
  private static final class Norm {
    private int gain = -1;
    private int shift = -1;
    private int mean = -1;
    private int variance = -1;
  }

  private final GroupMatch group;
  private final double roundoff;
  private final List<Integer> incoming = new ArrayList<>();
  private final List<Integer> outgoing = new ArrayList<>();
  private final List<Integer> biases = new ArrayList<>();
  private final List<Norm> norms = new ArrayList<>();

  /** Of each member whether its name is that of a gate. */
  private final boolean[] gates;

  /** Relative error of two factors of the unit in hand of which one undoes the other. */
  private double tolerance;

  /**
   * @param roundoff largest relative error of the types that store the weights
   */
  UnitFunction(GroupMatch group, double roundoff) {
    this.group = group;
    this.roundoff = roundoff;
    this.gates = new boolean[group.members().size()];
    Map<String, Norm> scalars = new LinkedHashMap<>();
    for (int m = 0; m < group.members().size(); m++) {
      GroupAxis member = group.members().get(m);
      gates[m] = GATES.stream().anyMatch(member.tensor()::contains);
      switch (member.role()) {
        case INCOMING -> incoming.add(m);
        case OUTGOING -> outgoing.add(m);
        default ->
            take(m, scalars.computeIfAbsent(NormTerm.layer(member.tensor()), k -> new Norm()));
      }
    }
    for (Norm norm : scalars.values()) {
      if (norm.variance >= 0) {
        norms.add(norm);
      } else {
        for (int member : new int[] {norm.gain, norm.shift, norm.mean}) {
          if (member >= 0) {
            biases.add(member);
          }
        }
      }
    }
  }

  private void take(int member, Norm norm) {
    Optional<NormTerm> term = NormTerm.of(group.members().get(member).tensor());
    if (term.isEmpty()) {
      biases.add(member);
      return;
    }
    switch (term.get()) {
      case GAIN -> norm.gain = member;
      case SHIFT -> norm.shift = member;
      case MEAN -> norm.mean = member;
      case VARIANCE -> norm.variance = member;
    }
  }

  /** The member that tells a factor of a unit whose rows are as they were; -1 if none does. */
  int gain() {
    return norms.size() == 1 ? norms.get(0).gain : -1;
  }

  /**
   * The factor of a unit's value that everything which reads the unit undoes: 1 where what makes
   * the unit undoes it already; NaN if the function is not kept.
   */
  double value(int leaf) {
    double change = 0;
    for (int m = 0; m < group.members().size(); m++) {
      double factor = factor(m, leaf);
      if (Double.isInfinite(factor)) {
        return Double.NaN; // no factor explains the member, so nothing undoes it
      }
      change = Double.isNaN(factor) ? change : Math.max(change, Math.abs(factor - 1));
    }
    tolerance =
        Math.max(Thresholds.FACTOR_ROUNDING, 2 * roundoff)
            + Thresholds.UNDONE * Math.min(1, change);
    for (double value : values(leaf)) {
      boolean undone = !outgoing.isEmpty() || fits(value, 1);
      for (int m : outgoing) {
        undone &= fits(factor(m, leaf) * value, 1);
      }
      if (undone) {
        return value;
      }
    }
    return Double.NaN;
  }

  /** Factors that the unit's value may have before anything reads it. */
  private double[] values(int leaf) {
    if (incoming.size() == 1 && norms.size() <= 1) {
      double row = factor(incoming.get(0), leaf);
      double of = Double.isNaN(row) ? 1 : row;
      for (int bias : biases) {
        if (!fits(factor(bias, leaf), of)) {
          return new double[0];
        }
      }
      return norms.isEmpty() ? new double[] {of} : normalised(norms.get(0), of, leaf);
    }
    return incoming.size() == 2 && norms.isEmpty()
        ? gated(leaf)
        : apart(leaf) ? new double[] {1} : new double[0];
  }

  private double[] gated(int leaf) {
    int gate = gates[incoming.get(0)] ? 0 : 1;
    if (!gates[incoming.get(gate)] || gates[incoming.get(1 - gate)]) {
      return apart(leaf) ? new double[] {1} : new double[0];
    }
    double value = factor(incoming.get(1 - gate), leaf);
    boolean kept = fits(factor(incoming.get(gate), leaf), 1);
    for (int bias : biases) {
      kept &= fits(factor(bias, leaf), gates[bias] ? 1 : value);
    }
    return kept ? new double[] {Double.isNaN(value) ? 1 : value} : new double[0];
  }

  /** Whether every row that adds to the unit is undone by a normalisation of its own. */
  private boolean apart(int leaf) {
    List<Norm> left = new ArrayList<>(norms);
    List<Integer> terms = new ArrayList<>(biases);
    for (int m : incoming) {
      double row = factor(m, leaf);
      if (fits(row, 1)) {
        continue;
      }
      String layer = NormTerm.layer(group.members().get(m).tensor());
      int bias =
          terms.stream()
              .filter(b -> NormTerm.layer(group.members().get(b).tensor()).equals(layer))
              .findFirst()
              .orElse(-1);
      Norm own = left.stream().filter(n -> undoes(n, row, leaf)).findFirst().orElse(null);
      if (own == null || (bias >= 0 && !fits(factor(bias, leaf), row))) {
        return false;
      }
      left.remove(own);
      terms.remove((Integer) bias);
    }
    return left.stream().allMatch(n -> undoes(n, 1, leaf))
        && terms.stream().allMatch(b -> fits(factor(b, leaf), 1));
  }

  private boolean undoes(Norm norm, double row, int leaf) {
    for (double value : normalised(norm, row, leaf)) {
      if (fits(value, 1)) {
        return true;
      }
    }
    return false;
  }

  /** The factor behind a normalisation, for each epsilon that it may have. */
  private double[] normalised(Norm norm, double row, int leaf) {
    if (!fits(factor(norm.mean, leaf), row)) {
      return new double[0];
    }
    List<Double> values = new ArrayList<>();
    double gain = or1(factor(norm.gain, leaf));
    for (double epsilon : NormTerm.EPSILONS) {
      double value = gain * row / Math.sqrt(widened(norm.variance, leaf, epsilon));
      if (fits(factor(norm.shift, leaf), value)) {
        values.add(value);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The factor of a variance to which epsilon was added. */
  private double widened(int member, int leaf, double epsilon) {
    double factor = or1(factor(member, leaf));
    float gap = group.gaps()[member][leaf];
    if (factor == 1 || Float.isNaN(gap) || gap == 0) {
      return factor;
    }
    double variance = Math.sqrt(gap) / Math.abs(factor - 1);
    return (factor * variance + epsilon) / (variance + epsilon);
  }

  private static double or1(double factor) {
    return Double.isNaN(factor) ? 1 : factor;
  }

  private boolean fits(double factor, double wanted) {
    return Double.isNaN(factor) || Math.abs(factor / wanted - 1) <= tolerance;
  }

  /**
   * The signed factor of a member; NaN where nothing tells it: there is no such member, or both
   * sides are zero. Infinite where a factor does not explain what differs.
   */
  private double factor(int member, int leaf) {
    if (member < 0) {
      return Double.NaN;
    }
    double cosine = group.memberCosines()[member][leaf];
    double scale = group.scales()[member][leaf];
    boolean differs = group.gaps()[member][leaf] > 0;
    if (Double.isNaN(scale) || Double.isNaN(cosine)) {
      return Double.isNaN(scale) && !differs ? Double.NaN : Double.POSITIVE_INFINITY;
    }
    double rounded = Math.max(Thresholds.ROUNDING, 2 * roundoff * roundoff);
    boolean edited =
        differs
            && Math.abs(scale - 1) <= Thresholds.SMALLEST_SCALING
            && roundoff < Thresholds.ROUNDING;
    return 1 - Math.abs(cosine) <= rounded && !edited ? scale : Double.POSITIVE_INFINITY;
  }
}
