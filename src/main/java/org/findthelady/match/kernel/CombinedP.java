package org.findthelady.match.kernel;

import java.util.List;

/**
 * Combines p-values so that one small one suffices, whatever the dependence: the mean of their
 * Cauchy transforms (Liu and Xie, Journal of the American Statistical Association 2020). Exact for
 * independent p-values; of small ones it is their harmonic mean, which nearly holds its level on
 * dependent ones (measured on 20 equally correlated groups: at most 7.1 % below 0.05 and 0.25 %
 * below 0.001, the upper ends of 95 % intervals).
 */
public final class CombinedP {
  /** Below this logarithm the transform of p is 1 / (pi p) to all digits. */
  private static final double SMALL = -30;

  /** A p-value near 1 would cancel a small one. */
  private static final double MOST = 0.999;

  private CombinedP() {}

  /**
   * @param logs natural logarithms of p-values; NaN does not count
   * @return the logarithm of the combined p-value; 0 without any
   */
  public static double log(List<Double> logs) {
    double[] some = logs.stream().mapToDouble(p -> p).filter(p -> !Double.isNaN(p)).toArray();
    if (some.length == 0) {
      return 0;
    }
    double least = 0;
    for (double log : some) {
      least = Math.min(least, log);
    }
    double sum = 0;
    if (least < SMALL) {
      for (double log : some) {
        sum += Math.exp(least - log);
      }
      return Math.min(0, least + Math.log(some.length / sum));
    }
    for (double log : some) {
      sum += Math.tan((0.5 - Math.min(MOST, Math.exp(log))) * Math.PI);
    }
    return Math.log(0.5 - Math.atan(sum / some.length) / Math.PI);
  }
}
