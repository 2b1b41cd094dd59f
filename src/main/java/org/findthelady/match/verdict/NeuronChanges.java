package org.findthelady.match.verdict;

import java.io.Serializable;
import java.util.Arrays;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Role;

/**
 * Which neurons of a group were scaled or had their sign turned (method 3.8), told from the members
 * that make the neuron's value. The factor of a neuron is the one that brings the reference's row
 * nearest to the suspect's: noise leaves it at 1, pruning lowers all of a layer alike, so a neuron
 * counts as rescaled if its factor stands out of its layer's, or if the whole layer's directions
 * hold while its factors do not.
 */
public final class NeuronChanges implements Serializable {
  private static final long serialVersionUID = 1;

  /** A direction that is kept, but for rounding. */
  static final double SAME_DIRECTION = 0.99999;

  /** Below this cosine a row says nothing of its scale. */
  private static final double RELIABLE = 0.5;

  private static final double SMALLEST_CHANGE = 1e-4;
  private static final double DEVIATIONS = 8;
  private static final double QUARTILES_TO_SIGMA = 1.349;

  private final double[] factors;
  private final double[] cosines;
  private final boolean[] rescaled;
  private final boolean[] flipped;

  private NeuronChanges(int leaves) {
    factors = new double[leaves];
    cosines = new double[leaves];
    Arrays.fill(factors, Double.NaN);
    Arrays.fill(cosines, Double.NaN);
    rescaled = new boolean[leaves];
    flipped = new boolean[leaves];
  }

  /** Looks at the widest incoming member of a matched group. */
  public static NeuronChanges of(GroupMatch group) {
    NeuronChanges changes = new NeuronChanges(group.leaves());
    int widest = -1;
    for (int m = 0; m < group.members().size(); m++) {
      GroupAxis member = group.members().get(m);
      if (member.role() == Role.INCOMING
          && (widest < 0 || member.width() > group.members().get(widest).width())) {
        widest = m;
      }
    }
    if (widest >= 0) {
      changes.look(group, widest);
    }
    return changes;
  }

  private void look(GroupMatch group, int member) {
    for (int leaf = 0; leaf < factors.length; leaf++) {
      double cosine = group.memberCosines()[member][leaf];
      double scale = group.scales()[member][leaf];
      cosines[leaf] = cosine;
      factors[leaf] = Math.abs(scale) * Math.abs(cosine);
      flipped[leaf] =
          cosine < 0
              && group.state(leaf) == MatchState.MATCHED
              && Math.abs(cosine) > Math.abs(nextBest(group, leaf));
    }
    double[] sorted = Arrays.stream(factors).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return;
    }
    double median = sorted[sorted.length / 2];
    double sigma =
        (sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4]) / QUARTILES_TO_SIGMA / median;
    boolean directionsHold =
        Arrays.stream(cosines).filter(Double::isFinite).allMatch(c -> Math.abs(c) > SAME_DIRECTION);
    double centre = directionsHold ? 1 : median;
    double threshold =
        directionsHold ? SMALLEST_CHANGE : Math.max(SMALLEST_CHANGE, DEVIATIONS * sigma);
    double root = Math.sqrt((double) group.members().get(member).width());
    for (int leaf = 0; leaf < factors.length; leaf++) {
      double cosine = Math.abs(cosines[leaf]);
      // What noise of the row's own size does to its factor: nearly dead rows have no scale to
      // tell.
      double chance =
          Math.abs(group.scales()[member][leaf]) * Math.sqrt(1 - cosine * cosine) / root / centre;
      rescaled[leaf] =
          cosine >= RELIABLE
              && group.state(leaf) == MatchState.MATCHED
              && Math.abs(factors[leaf] / centre - 1) > Math.max(threshold, DEVIATIONS * chance);
    }
  }

  private static double nextBest(GroupMatch group, int leaf) {
    return group.cosines()[leaf] - group.margins()[leaf];
  }

  /** Factor from the reference's row to the suspect's; NaN where a row is zero. */
  public double factor(int leaf) {
    return factors[leaf];
  }

  /** Cosine of the incoming rows; NaN where one is zero. */
  public double cosine(int leaf) {
    return cosines[leaf];
  }

  /** Whether the neuron's factor stands out. */
  public boolean rescaled(int leaf) {
    return rescaled[leaf];
  }

  /** Whether the neuron's sign is turned. */
  public boolean flipped(int leaf) {
    return flipped[leaf];
  }

  /** Neurons whose factor stands out. */
  public int rescaledCount() {
    return count(rescaled);
  }

  /** Neurons whose sign is turned. */
  public int flippedCount() {
    return count(flipped);
  }

  /** Smallest absolute cosine of the incoming rows; 1 if there is none. */
  public double weakestDirection() {
    return Arrays.stream(cosines).filter(Double::isFinite).map(Math::abs).min().orElse(1);
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
