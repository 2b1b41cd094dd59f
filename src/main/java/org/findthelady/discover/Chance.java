package org.findthelady.discover;

import org.findthelady.match.kernel.Thresholds;

/**
 * Probabilities that an order which has nothing to do with an axis fits it as well, as natural
 * logarithms. All are taken high.
 */
final class Chance {

  private Chance() {}

  /**
   * That a random order gives such a sum of scores. Rows that resemble each other little are the
   * worst case: there the sum counts units that fall into their own place, k of them with a
   * probability of at most 1/k!, and lies {@code k - 1} deviations above its mean. Scores of rank
   * one have a lighter tail.
   *
   * @param deviations standard deviations above the mean over all orders
   */
  static double ofSum(double deviations) {
    return deviations <= 0 ? 0 : -logFactorial(deviations + 1);
  }

  /** That a random order agrees with another in so many places. */
  static double ofAgreement(int places) {
    return -logFactorial(places);
  }

  /**
   * That rows in a wrong order have best partners that stand out so much.
   *
   * @param mean stand-out, 1 by chance
   * @param usual the mean with a random order, at least 1
   */
  static double ofStandOut(double mean, double usual, int rows) {
    double ratio = mean / (Thresholds.STAND_OUT_ALLOWANCE * Math.max(1, usual));
    return ratio <= 1 ? 0 : rows / 2.0 * (1 - ratio + Math.log(ratio));
  }

  /**
   * That {@code n} pairs of independent numbers correlate so much: Student's t, its tail taken high
   * (the integral of s/t times the density), and never below 1/n!.
   */
  static double ofCorrelation(double correlation, int n) {
    if (!(correlation > 0) || n < 4) {
      return 0;
    }
    double free = n - 2;
    double r = Math.min(correlation, 1 - 1e-12);
    double t = r * Math.sqrt(free / (1 - r * r));
    double logDensity =
        logGamma((free + 1) / 2)
            - logGamma(free / 2)
            - 0.5 * Math.log(free * Math.PI)
            - (free + 1) / 2 * Math.log1p(t * t / free);
    double logTail = logDensity + Math.log((1 + t * t / free) * free / ((free - 1) * t));
    return Math.max(-logFactorial(n), Math.min(0, logTail));
  }

  /** That a standard normal number is so great; taken high (Mill's ratio). */
  static double ofDeviations(double deviations) {
    double t = Math.max(1, deviations);
    return Math.min(0, -t * t / 2 - Math.log(t * Math.sqrt(2 * Math.PI)));
  }

  static double logFactorial(double k) {
    return logGamma(k + 1);
  }

  /** Stirling's series, after shifting the argument above 8. */
  private static double logGamma(double x) {
    double shift = 0;
    double y = x;
    while (y < 8) {
      shift += Math.log(y);
      y++;
    }
    double inverse = 1 / y;
    double series = inverse / 12 * (1 - inverse * inverse / 30);
    return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
  }
}
