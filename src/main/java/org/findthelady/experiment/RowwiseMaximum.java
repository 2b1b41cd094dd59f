package org.findthelady.experiment;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Beta;

/**
 * How many rows of independent normal weights the row-wise maximum of cosines finds again, by the
 * exact laws of these cosines; {@link InformationLimit} takes them as normal.
 *
 * <p>With an unrelated row of d numbers a perturbed one has a cosine r whose (1 + r) / 2 is Beta((d
 * - 1) / 2, (d - 1) / 2) distributed, whatever the perturbation made of it, and independently for
 * every unrelated row. So Psi is the mean of F(r)^(N - 1) over the cosine r of the right pair, F
 * being the distribution function of that law.
 */
public final class RowwiseMaximum {
  private static final double REACH = 12;
  private static final int STEPS = 1200;
  private static final int KNOTS = 4096;

  private final int neurons;
  private final int width;

  /**
   * @param neurons N, at least 1
   * @param width d, numbers of evidence a neuron, at least 4
   */
  public RowwiseMaximum(int neurons, int width) {
    if (neurons < 1 || width < 4) {
      throw new IllegalArgumentException("N = " + neurons + ", d = " + width);
    }
    this.neurons = neurons;
    this.width = width;
  }

  /** Probability that no unrelated row has a greater cosine. */
  private double best(double cosine) {
    double half = (width - 1) / 2.0;
    double above = Beta.regularizedBeta((1 - cosine) / 2, half, half);
    return Math.exp((neurons - 1) * Math.log1p(-above));
  }

  /**
   * Psi in percent where noise left a correlation between a weight and its changed self. The right
   * pair's cosine is then the correlation of d pairs of normal numbers whose means are known; its
   * density is (1 - r^2)^((d - 3) / 2) (1 - c r)^(1/2 - d) 2F1(1/2, 1/2; d + 1/2; (1 + c r) / 2) up
   * to a factor (H. Hotelling, New light on the correlation coefficient and its transforms, 1953).
   *
   * @param correlation c, from 0 to below 1
   */
  public double underNoise(double correlation) {
    if (!(correlation >= 0 && correlation < 1)) {
      throw new IllegalArgumentException("correlation " + correlation);
    }
    double reach = REACH / Math.sqrt(width);
    double low = Math.max(-1, correlation - reach);
    double step = (Math.min(1, correlation + reach) - low) / STEPS;
    double peak = logDensity(correlation, correlation);
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < STEPS; i++) {
      double cosine = low + (i + 0.5) * step;
      double weight = Math.exp(logDensity(cosine, correlation) - peak);
      weights += weight;
      sum += weight * best(cosine);
    }
    return 100 * Math.min(1, sum / weights);
  }

  private double logDensity(double cosine, double correlation) {
    double product = correlation * cosine;
    double series = 1;
    double term = 1;
    for (int k = 0; term > 1e-16 * series; k++) {
      term *= (k + 0.5) * (k + 0.5) / ((width + 0.5 + k) * (k + 1)) * (1 + product) / 2;
      series += term;
    }
    return (width - 3) / 2.0 * Math.log1p(-cosine * cosine)
        - (width - 0.5) * Math.log1p(-product)
        + Math.log(series);
  }

  /**
   * Psi in percent where the smallest weights of the whole layer are zeroed. A row with nothing
   * left is lost: {@link PrunedRow#emptied}.
   *
   * @param percent of weights that become zero, above 0 and below 100
   */
  public double underPruning(double percent) {
    double[] found = new double[KNOTS + 1];
    for (int i = 0; i <= KNOTS; i++) {
      found[i] = best((double) i / KNOTS);
    }
    DoubleUnaryOperator tabulated =
        cosine -> {
          int knot = Math.min(KNOTS - 1, (int) (KNOTS * cosine));
          return found[knot] + (KNOTS * cosine - knot) * (found[knot + 1] - found[knot]);
        };
    return 100 * Math.min(1, new PrunedRow(neurons, width, percent).mean(tabulated));
  }
}
