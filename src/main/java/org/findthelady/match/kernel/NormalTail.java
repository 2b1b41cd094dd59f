package org.findthelady.match.kernel;

import org.apache.commons.math3.special.Erf;

/** The upper tail of the standard normal distribution, as a logarithm. */
public final class NormalTail {
  /** From here on the asymptotic series is exact to one in a thousand. */
  private static final double FAR = 25;

  private NormalTail() {}

  /** Natural logarithm of the probability of more than {@code z}. */
  public static double log(double z) {
    return z > FAR
        ? -z * z / 2 - Math.log(z) - Math.log(2 * Math.PI) / 2
        : Math.log(Erf.erfc(z / Math.sqrt(2)) / 2);
  }

  /** The value that is exceeded with probability {@code 1 - p}; p in 0..1, both excluded. */
  public static double quantile(double p) {
    return Math.sqrt(2) * Erf.erfInv(2 * p - 1);
  }
}
