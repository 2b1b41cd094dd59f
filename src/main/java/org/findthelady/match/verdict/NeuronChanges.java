package org.findthelady.match.verdict;

import java.io.Serializable;
import java.util.Arrays;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Role;

/**
 * Which neurons of a group were scaled or had their sign turned (method 3.8), told from all the
 * members that make the neuron's value. The factor of a neuron is the one that brings the
 * reference's row nearest to the suspect's: noise leaves it at 1, pruning lowers all of a layer
 * alike, so a neuron counts as rescaled if its factor stands out of its layer's, or if the whole
 * layer's directions hold while its factors do not. Rounding of the types that store them is no
 * scaling.
 */
public final class NeuronChanges implements Serializable {
  private static final long serialVersionUID = 1;

  private static final double QUARTILES_TO_SIGMA = 1.349;

  private final double roundoff;
  private final double[] factors;
  private final double[] cosines;
  private final int[] members;
  private final boolean[] rescaled;
  private final boolean[] flipped;
  private final double[] values;

  private NeuronChanges(int leaves, double roundoff) {
    this.roundoff = roundoff;
    factors = new double[leaves];
    cosines = new double[leaves];
    Arrays.fill(factors, Double.NaN);
    Arrays.fill(cosines, Double.NaN);
    members = new int[leaves];
    Arrays.fill(members, -1);
    rescaled = new boolean[leaves];
    flipped = new boolean[leaves];
    values = new double[leaves];
  }

  /**
   * Looks at the incoming members of a matched group, the widest first.
   *
   * @param roundoff largest relative error of the types that store the weights
   */
  public static NeuronChanges of(GroupMatch group, double roundoff) {
    NeuronChanges changes = new NeuronChanges(group.units(), roundoff);
    int widest = -1;
    for (int m = 0; m < group.members().size(); m++) {
      GroupAxis member = group.members().get(m);
      if (member.role() == Role.INCOMING
          && (widest < 0 || member.width() > group.members().get(widest).width())) {
        widest = m;
      }
    }
    if (widest >= 0) {
      changes.look(group, widest, true);
    }
    for (int m = 0; m < group.members().size(); m++) {
      if (m != widest && group.members().get(m).role() == Role.INCOMING) {
        changes.look(group, m, false);
      }
    }
    changes.lookBehind(group, new UnitFunction(group, roundoff));
    return changes;
  }

  /** Whether the function is kept, and units whose value was scaled behind their rows. */
  private void lookBehind(GroupMatch group, UnitFunction function) {
    // The value is made of a gain, a row and the root of a variance, each of them rounded.
    double least = Math.max(Thresholds.SMALLEST_SCALING, 4 * roundoff);
    for (int leaf = 0; leaf < values.length; leaf++) {
      values[leaf] = function.value(leaf);
      boolean scaled = Math.abs(values[leaf] - 1) > least;
      if (scaled && !changed(leaf) && function.gain() >= 0 && isKnown(group, leaf)) {
        rescaled[leaf] = Math.abs(Math.abs(values[leaf]) - 1) > least;
        flipped[leaf] = values[leaf] < 0;
        factors[leaf] = Math.abs(values[leaf]);
        members[leaf] = function.gain();
      }
    }
  }

  private void look(GroupMatch group, int member, boolean widest) {
    double[] own = new double[factors.length];
    for (int leaf = 0; leaf < own.length; leaf++) {
      double cosine = group.memberCosines()[member][leaf];
      own[leaf] = Math.abs(group.scales()[member][leaf]) * Math.abs(cosine);
      boolean turned =
          cosine < 0
              && isKnown(group, leaf)
              && isNoChance(cosine, group, member)
              && -cosine > (widest ? Math.abs(nextBest(group, leaf)) : Thresholds.SURELY_TURNED);
      flipped[leaf] |= turned;
      if (widest || turned || Double.isNaN(cosines[leaf])) {
        cosines[leaf] = cosine;
        factors[leaf] = own[leaf];
        members[leaf] = member;
      }
    }
    boolean[] standOut = standOut(group, member, own);
    for (int leaf = 0; leaf < own.length; leaf++) {
      if (standOut[leaf] && !rescaled[leaf]) {
        rescaled[leaf] = true;
        factors[leaf] = own[leaf];
        cosines[leaf] = group.memberCosines()[member][leaf];
        members[leaf] = member;
      }
    }
  }

  /**
   * Whether no row of numbers drawn anew is as much like the negative of a unit's, however many
   * units the group has: by the law of the angle between random directions.
   */
  private static boolean isNoChance(double cosine, GroupMatch group, int member) {
    double rest = Math.max(Double.MIN_NORMAL, 1 - cosine * cosine);
    double chance = (group.members().get(member).width() - 1) / 2.0 * Math.log(rest);
    return chance + Math.log(group.units()) < Math.log(Thresholds.COMMON_ORIGIN);
  }

  /** The leaves whose factor on a member stands out. */
  private boolean[] standOut(GroupMatch group, int member, double[] own) {
    boolean[] standOut = new boolean[own.length];
    double[] sorted = Arrays.stream(own).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return standOut;
    }
    double median = sorted[sorted.length / 2];
    double sigma =
        (sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4]) / QUARTILES_TO_SIGMA / median;
    boolean directionsHold = directionsHold(group.memberCosines()[member]);
    double centre = directionsHold ? 1 : median;
    double least = Math.max(Thresholds.SMALLEST_SCALING, roundoff);
    double threshold =
        directionsHold ? least : Math.max(least, Thresholds.SCALING_DEVIATIONS * sigma);
    double root = Math.sqrt((double) group.members().get(member).width());
    double[] rests = rests(group, member);
    double usual = Thresholds.USUAL_REST * median(rests);
    for (int leaf = 0; leaf < own.length; leaf++) {
      double cosine = Math.min(1, Math.abs(group.memberCosines()[member][leaf]));
      // What noise of the row's own size does to its factor: nearly dead rows have no scale to
      // tell.
      double chance =
          Math.abs(group.scales()[member][leaf]) * Math.sqrt(1 - cosine * cosine) / root / centre;
      standOut[leaf] =
          cosine >= Thresholds.RELIABLE_DIRECTION
              && isKnown(group, leaf)
              && (!directionsHold || UnitScaling.isFactor(group, member, leaf, roundoff))
              && rests[leaf]
                  <= Math.max(usual, Thresholds.FACTOR_REST * square(own[leaf] / centre - 1))
              && Math.abs(own[leaf] / centre - 1)
                  > Math.max(threshold, Thresholds.SCALING_DEVIATIONS * chance);
    }
    return standOut;
  }

  /** Whether most units hold their direction: what is done to others is no noise of the layer. */
  private static boolean directionsHold(float[] cosines) {
    int hold = 0;
    int turned = 0;
    for (float cosine : cosines) {
      hold += Math.abs(cosine) > Thresholds.SAME_DIRECTION ? 1 : 0;
      turned += Math.abs(cosine) <= Thresholds.SAME_DIRECTION ? 1 : 0;
    }
    return turned == 0 || hold > turned;
  }

  /**
   * For every unit what no factor explains of its numbers, as a share of the reference's squares.
   */
  private static double[] rests(GroupMatch group, int member) {
    double[] rests = new double[group.units()];
    for (int leaf = 0; leaf < rests.length; leaf++) {
      double cosine = Math.min(1, Math.abs(group.memberCosines()[member][leaf]));
      rests[leaf] = square(group.scales()[member][leaf]) * (1 - cosine * cosine);
    }
    return rests;
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  private static double square(double value) {
    return value * value;
  }

  /**
   * Whether a unit's place is known: by the match, or since whatever has a direction holds it, but
   * for its sign. Factors on some of its tensors make a unit less like itself as a whole.
   */
  private static boolean isKnown(GroupMatch group, int leaf) {
    if (group.state(leaf) == MatchState.MATCHED) {
      return true;
    }
    boolean any = false;
    for (int m = 0; m < group.members().size(); m++) {
      double cosine = Math.abs(group.memberCosines()[m][leaf]);
      if (group.members().get(m).width() > Thresholds.NARROW && !Double.isNaN(cosine)) {
        any = true;
        if (cosine < 1 - Thresholds.ROUNDING) {
          return false;
        }
      }
    }
    return any;
  }

  private static double nextBest(GroupMatch group, int leaf) {
    return group.cosines()[leaf] - group.margins()[leaf];
  }

  /** Factor from the reference's row to the suspect's; NaN where a row is zero. */
  public double factor(int leaf) {
    return factors[leaf];
  }

  /** Index of the member that tells the neuron's factor; -1 if none does. */
  int member(int leaf) {
    return members[leaf];
  }

  /** Whether the neuron's factor stands out. */
  public boolean rescaled(int leaf) {
    return rescaled[leaf];
  }

  /** Whether the neuron's sign is turned. */
  public boolean flipped(int leaf) {
    return flipped[leaf];
  }

  /** Whether the neuron was scaled or had its sign turned. */
  public boolean changed(int leaf) {
    return rescaled[leaf] || flipped[leaf];
  }

  /** Whether all that belongs to the neuron differs by factors at most that keep the function. */
  boolean keepsFunction(int leaf) {
    return !Double.isNaN(values[leaf]);
  }

  /** Whether the neuron's value has another sign, which what reads it undoes. */
  boolean turnedValue(int leaf) {
    return values[leaf] < 0;
  }

  /** Neurons whose factor stands out. */
  public int rescaledCount() {
    return count(rescaled);
  }

  /** Neurons whose sign is turned. */
  public int flippedCount() {
    return count(flipped);
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
