package org.findthelady.experiment;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.special.Erf;

/**
 * A row of a layer of independent normal weights, before and after the smallest weights of the
 * whole layer were zeroed. Its cosine with itself is sqrt(S / (S + R)), S and R being the sums of
 * squares of what is left and of what is gone. The number of weights left is hypergeometric; the
 * excess of S over the threshold's squares is taken as gamma and R as normal distributed, with
 * their own means and variances.
 */
final class PrunedRow {
  private static final double REACH = 12;
  private static final int MOST_COUNTS = 200;
  private static final int EXCESS_STEPS = 200;

  /** Nodes and weights of Gauss and Hermite for a standard normal number, exact to degree 9. */
  private static final double[] NODES = {
    -2.856970013872806, -1.355626179974266, 0, 1.355626179974266, 2.856970013872806
  };

  private static final double[] WEIGHTS = {
    0.011257411327721, 0.222075922005613, 0.533333333333333, 0.222075922005613, 0.011257411327721
  };

  /** Mean and variance of a sum's terms. */
  private record Terms(double mean, double variance) {}

  private final int width;
  private final double left;
  private final double thresholdSquare;
  private final Terms excess;
  private final Terms gone;
  private final HypergeometricDistribution counts;

  /**
   * @param rows of the layer
   * @param width of a row
   * @param percent of the layer's weights that become zero, above 0 and below 100
   */
  PrunedRow(int rows, int width, double percent) {
    if (!(percent > 0 && percent < 100)) {
      throw new IllegalArgumentException("T = " + percent);
    }
    this.width = width;
    left = 1 - percent / 100;
    double threshold = Math.sqrt(2) * Erf.erfInv(percent / 100);
    double density = Math.exp(-threshold * threshold / 2) / Math.sqrt(2 * Math.PI);
    thresholdSquare = threshold * threshold;
    double kept = (2 * threshold * density + left) / left;
    double keptFourth = 2 * threshold * thresholdSquare * density / left + 3 * kept;
    excess = new Terms(kept - thresholdSquare, keptFourth - kept * kept);
    double lost = (1 - left * kept) / (1 - left);
    gone = new Terms(lost, (3 - left * keptFourth) / (1 - left) - lost * lost);
    int all = Math.multiplyExact(rows, width);
    int remaining = all - (int) Math.rint(all * percent / 100);
    counts = new HypergeometricDistribution(null, all, remaining, width);
  }

  /** Probability that nothing of the row is left. */
  double emptied() {
    return counts.probability(0);
  }

  /** Mean of a function of the row's cosine with itself; a row with nothing left counts 0. */
  double mean(DoubleUnaryOperator function) {
    double spread = REACH * Math.sqrt(width * left * (1 - left)) + REACH;
    int from = (int) Math.max(1, width * left - spread);
    int to = (int) Math.min(width, width * left + spread);
    int step = Math.max(1, (to - from) / MOST_COUNTS);
    double sum = 0;
    double weights = from == 1 ? emptied() : 0;
    for (int count = from; count <= to; count += step) {
      double weight = counts.probability(count);
      weights += weight;
      if (weight > 0) {
        sum += weight * mean(function, count);
      }
    }
    return sum / weights;
  }

  private double mean(DoubleUnaryOperator function, int count) {
    double average = count * excess.mean;
    double variance = count * excess.variance;
    GammaDistribution law =
        new GammaDistribution(null, average * average / variance, variance / average);
    double low = Math.max(0, average - REACH * Math.sqrt(variance));
    double step = (average + REACH * Math.sqrt(variance) - low) / EXCESS_STEPS;
    double lost = (width - count) * gone.mean;
    double deviation = Math.sqrt((width - count) * gone.variance);
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < EXCESS_STEPS; i++) {
      double square = low + (i + 0.5) * step;
      double weight = Math.exp(law.logDensity(square));
      double remaining = count * thresholdSquare + square;
      weights += weight;
      for (int n = 0; n < NODES.length; n++) {
        double all = remaining + Math.max(0, lost + deviation * NODES[n]);
        sum += weight * WEIGHTS[n] * function.applyAsDouble(Math.sqrt(remaining / all));
      }
    }
    return sum / weights;
  }
}
