package org.findthelady.experiment;

import org.apache.commons.math3.special.Erf;

/**
 * How much of a permutation the row-wise maximum of cosines can find at all, for rows of
 * independent normal weights (closed form derived for "Find the Lady", arXiv 2312.14182, Table 1).
 *
 * <p>With c the correlation between a weight and its perturbed self, the true pair's cosine is
 * about normal around c with variance (1 - c^2) / d, each wrong pair's around 0 with variance 1 /
 * d. So Psi(N, d, c) is the integral of phi(x) * Phi(c * sqrt(d) + sqrt(1 - c^2) * x)^(N - 1) dx.
 */
public final class InformationLimit {
  private static final double REACH = 12;
  private static final int STEPS = 4800;

  private InformationLimit() {}

  /**
   * Psi in percent.
   *
   * @param neurons N, at least 1
   * @param width d, numbers of evidence a neuron, at least 1
   * @param correlation c, 0 to 1
   */
  public static double psi(long neurons, double width, double correlation) {
    if (neurons < 1 || !(width >= 1) || !(correlation >= 0 && correlation <= 1)) {
      throw new IllegalArgumentException(
          "N = %d, d = %s, c = %s".formatted(neurons, width, correlation));
    }
    if (neurons == 1) {
      return 100;
    }
    double offset = correlation * Math.sqrt(width);
    double slope = Math.sqrt(1 - correlation * correlation);
    double step = 2 * REACH / STEPS;
    double sum = 0;
    // The trapezoid rule; for a smooth integrand that vanishes at both ends its error is tiny.
    for (int i = 0; i <= STEPS; i++) {
      double x = -REACH + i * step;
      double tail = 0.5 * Erf.erfc((offset + slope * x) / Math.sqrt(2));
      sum += Math.exp(-x * x / 2 + (neurons - 1) * Math.log1p(-tail));
    }
    return 100 * sum * step / Math.sqrt(2 * Math.PI);
  }

  /** Correlation between a weight and itself under noise of power omega: 1 / sqrt(1 + omega^2). */
  public static double correlationUnderNoise(double omega) {
    return 1 / Math.sqrt(1 + omega * omega);
  }
}
