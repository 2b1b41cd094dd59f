package org.findthelady.match.result;

import java.io.Serializable;
import java.util.List;

/**
 * Whether reference and suspect have a common origin (method 3.11).
 *
 * <p>Among many unrelated rows the best stands out from the next best by a standard exponential, in
 * natural logarithms of probability, whatever the shapes (the spacings of order statistics). So the
 * sum over n neurons is a Gamma variable, and its tail is the probability that an unrelated model
 * gets as good a match. Two allowances keep this on the safe side: networks that were trained apart
 * on the same task learn some of the same features (measured: a mean of 1.16 where chance gives 1),
 * so sums are divided by {@value #ALLOWANCE}; neurons of one layer are not independent, so only
 * half of them count.
 *
 * @param logP natural logarithm of a bound on the probability that an unrelated model of the same
 *     shape gets as good a match; 0 when there is no evidence
 * @param tests number of neurons that were tested
 * @param agreement share of tested neurons whose best match stands out at one in a hundred
 */
public record Origin(double logP, long tests, double agreement) implements Serializable {
  private static final double ALLOWANCE = 1.35;

  /** A single neuron counts no more than this. */
  static final double MOST = 10;

  /** Nothing was tested. */
  public static Origin untested() {
    return new Origin(0, 0, Double.NaN);
  }

  /**
   * Combines neurons.
   *
   * @param standOuts one value for each neuron, as {@link GroupMatch#standOut()} gives it; zeros
   *     (nothing to compare) do not count
   */
  public static Origin of(List<float[]> standOuts) {
    long tests = 0;
    long clear = 0;
    double sum = 0;
    for (float[] group : standOuts) {
      for (float value : group) {
        if (value > 0) {
          tests++;
          sum += Math.min(MOST, value) / ALLOWANCE;
          clear += value > Math.log(100) ? 1 : 0;
        }
      }
    }
    if (tests == 0) {
      return untested();
    }
    double mean = sum / tests;
    double logP = mean <= 1 ? 0 : tests / 2.0 * (1 - mean + Math.log(mean));
    return new Origin(logP, tests, clear / (double) tests);
  }

  /** Whether chance is ruled out at one in a million. */
  public boolean common() {
    return logP < Math.log(1e-6);
  }
}
