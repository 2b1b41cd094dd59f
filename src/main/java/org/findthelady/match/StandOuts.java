package org.findthelady.match;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.kernel.CombinedP;
import org.findthelady.match.kernel.Thresholds;

/**
 * The test of origin for suspects that were shuffled (method 3.11).
 *
 * <p>Among many unrelated rows the best stands out from the next best by a standard exponential, in
 * natural logarithms of probability, whatever the shapes (the spacings of order statistics). So the
 * sum over n neurons is a Gamma variable, and its tail is the probability that an unrelated model
 * gets as good a match. Two allowances keep this on the safe side: sums are divided by {@link
 * Thresholds#STAND_OUT_ALLOWANCE}, for networks that learned the same features; neurons of one
 * layer are not independent, so only half of them count.
 *
 * @param group where they are
 * @param values one for each neuron, as {@link GroupScores#standOut} gives it; zeros (nothing to
 *     compare) do not count
 * @param variance of cosines of rows that do not belong together; NaN if not known
 */
record StandOuts(String group, float[] values, double variance) {
  /** Neurons, and their summed stand-outs, allowances taken off. */
  private record Sum(long tests, double sum) {
    Sum plus(Sum other) {
      return new Sum(tests + other.tests, sum + other.sum);
    }

    double logP() {
      double mean = tests == 0 ? 0 : sum / tests;
      return mean <= 1 ? 0 : tests / 2.0 * (1 - mean + Math.log(mean));
    }
  }

  /** Those of a comparison. */
  static StandOuts of(GroupScores comparison) {
    return new StandOuts(
        comparison.group().name(), comparison.standOuts(), comparison.spread().variance());
  }

  private Sum total() {
    long tests = 0;
    double sum = 0;
    for (float value : values) {
      if (value > 0) {
        tests++;
        sum += Math.min(Thresholds.MOST_STAND_OUT, value) / Thresholds.STAND_OUT_ALLOWANCE;
      }
    }
    return new Sum(tests, sum);
  }

  /** Natural logarithm of the bound for this group alone. */
  double logP() {
    return total().logP();
  }

  /** Neurons of all groups that were compared. */
  static long tests(List<StandOuts> all) {
    return all.stream().mapToLong(s -> s.total().tests()).sum();
  }

  /** Share of neurons that stand out at one in a hundred; NaN without neurons. */
  static double agreement(List<StandOuts> all) {
    long clear = 0;
    for (StandOuts group : all) {
      for (float value : group.values()) {
        clear += value > Math.log(100) ? 1 : 0;
      }
    }
    return tests(all) == 0 ? Double.NaN : clear / (double) tests(all);
  }

  /** The bound for all neurons of all groups together. */
  static double together(List<StandOuts> all) {
    return all.stream().map(StandOuts::total).reduce(new Sum(0, 0), Sum::plus).logP();
  }

  /**
   * The bound for all groups: all neurons together, or the groups' bounds combined so that one
   * strong group suffices; twice the smaller. Groups with few effective numbers a row speak only
   * with all others.
   */
  static double logP(List<StandOuts> all) {
    List<Double> alone = new ArrayList<>();
    for (StandOuts group : all) {
      alone.add(group.variance() < Thresholds.FEW_NUMBERS ? group.logP() : 0);
    }
    return Math.min(0, Math.log(2) + Math.min(together(all), CombinedP.log(alone)));
  }
}
