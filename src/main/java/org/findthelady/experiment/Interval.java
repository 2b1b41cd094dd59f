package org.findthelady.experiment;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A measured number with its 95 % confidence interval.
 *
 * @param middle the estimate
 * @param low end of the interval
 * @param high end of the interval
 */
public record Interval(double middle, double low, double high) {
  private static final double CONFIDENCE = 0.95;
  private static final double NORMAL_QUANTILE = 1.959963984540054;

  /**
   * The mean over seeds, by Student's t.
   *
   * @param values at least one; of one alone the interval is everything
   */
  public static Interval ofMean(double... values) {
    SummaryStatistics statistics = new SummaryStatistics();
    for (double value : values) {
      statistics.addValue(value);
    }
    double mean = statistics.getMean();
    if (values.length < 2) {
      return new Interval(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double quantile =
        new TDistribution(null, values.length - 1)
            .inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    double half = quantile * statistics.getStandardDeviation() / Math.sqrt(values.length);
    return new Interval(mean, mean - half, mean + half);
  }

  /** A share of independent trials in percent, by Wilson's score. */
  public static Interval ofShare(long right, long all) {
    if (right < 0 || all < 1 || right > all) {
      throw new IllegalArgumentException(right + " of " + all);
    }
    double share = (double) right / all;
    double z2 = NORMAL_QUANTILE * NORMAL_QUANTILE;
    double centre = (share + z2 / (2 * all)) / (1 + z2 / all);
    double half =
        NORMAL_QUANTILE
            * Math.sqrt(share * (1 - share) / all + z2 / (4.0 * all * all))
            / (1 + z2 / all);
    double low = right == 0 ? 0 : 100 * (centre - half);
    double high = right == all ? 100 : 100 * (centre + half);
    return new Interval(100 * share, low, high);
  }

  /** Whether a number lies within. */
  public boolean contains(double value) {
    return value >= low && value <= high;
  }
}
