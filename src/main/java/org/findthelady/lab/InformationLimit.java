package org.findthelady.lab;

import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.GammaDistribution;
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
  private static final int EXCESS_STEPS = 400;

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

  /**
   * Psi in percent when the smallest weights are zeroed. What is left of a row, y, has cosine |y| /
   * |x| with its own reference and about a normal one of variance 1 / |x|^2 with any other, so Psi
   * is the mean of Phi(|y|)^(N - 1). The number of weights left is binomial; the sum of the
   * squares' excess over the threshold's is taken to be gamma distributed, with its own mean and
   * variance. A row with nothing left is lost.
   *
   * @param percent of weights that become zero, from 0 to below 100
   */
  public static double psiUnderPruning(long neurons, double width, double percent) {
    if (neurons < 1 || !(width >= 1) || !(percent >= 0 && percent < 100)) {
      throw new IllegalArgumentException(
          "N = %d, d = %s, T = %s".formatted(neurons, width, percent));
    }
    if (neurons == 1) {
      return 100;
    }
    double left = 1 - percent / 100;
    double threshold = Math.sqrt(2) * Erf.erfInv(percent / 100);
    double density = Math.exp(-threshold * threshold / 2) / Math.sqrt(2 * Math.PI);
    double second = (2 * threshold * density + left) / left;
    double fourth = 2 * Math.pow(threshold, 3) * density / left + 3 * second;
    double excess = second - threshold * threshold;
    double variance = fourth - second * second;
    BinomialDistribution count = new BinomialDistribution(null, (int) width, left);
    double spread = Math.sqrt(width * left * (1 - left));
    int from = (int) Math.max(1, width * left - 8 * spread - 8);
    int to = (int) Math.min(width, width * left + 8 * spread + 8);
    int step = Math.max(1, (to - from) / 400);
    double sum = 0;
    double weights = from == 1 ? count.probability(0) : 0;
    for (int k = from; k <= to; k += step) {
      double weight = count.probability(k);
      weights += weight;
      sum += weight * psiOfSquares(neurons, k * threshold * threshold, k * excess, k * variance);
    }
    return 100 * sum / weights;
  }

  /** Mean of Phi(sqrt(base + g))^(N - 1) over a gamma distributed g. */
  private static double psiOfSquares(long neurons, double base, double mean, double variance) {
    GammaDistribution excess = new GammaDistribution(null, mean * mean / variance, variance / mean);
    double low = Math.max(0, mean - REACH * Math.sqrt(variance));
    double step = (mean + REACH * Math.sqrt(variance) - low) / EXCESS_STEPS;
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < EXCESS_STEPS; i++) {
      double square = low + (i + 0.5) * step;
      double weight = Math.exp(excess.logDensity(square));
      double tail = 0.5 * Erf.erfc(Math.sqrt((base + square) / 2));
      weights += weight;
      sum += weight * Math.exp((neurons - 1) * Math.log1p(-tail));
    }
    return sum / weights;
  }
}
