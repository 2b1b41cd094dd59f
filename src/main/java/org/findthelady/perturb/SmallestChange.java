package org.findthelady.perturb;

/**
 * The shortest vector that meets linear constraints: minimise |x|^2 subject to A x at least b.
 * Solved through its dual by Hildreth's method (one multiplier after the other, never below zero),
 * which for constraints that can be met converges to the one solution.
 */
final class SmallestChange {
  private static final int MOST_SWEEPS = 100_000;
  private static final double SLACK = 1e-9;

  private SmallestChange() {}

  /**
   * @param rows A, row-major [b.length x width]
   * @param bounds b
   * @throws IllegalArgumentException if no x meets them, or none was found
   */
  static double[] meeting(float[] rows, double[] bounds, int width) {
    int count = bounds.length;
    double[][] gram = gram(rows, count, width);
    double scale = 0;
    for (double bound : bounds) {
      scale = Math.max(scale, Math.abs(bound));
    }
    double[] multipliers = new double[count];
    double[] reached = new double[count];
    double worst = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < MOST_SWEEPS && worst > SLACK * scale; sweep++) {
      worst = 0;
      for (int t = 0; t < count; t++) {
        double missing = bounds[t] - reached[t];
        double step = Math.max(-multipliers[t], missing / gram[t][t]);
        worst = Math.max(worst, Math.abs(step) * gram[t][t]);
        multipliers[t] += step;
        for (int s = 0; s < count && step != 0; s++) {
          reached[s] += step * gram[t][s];
        }
      }
    }
    if (!(worst <= SLACK * scale)) {
      throw new IllegalArgumentException(
          count + " constraints on " + width + " numbers could not be met");
    }
    double[] change = new double[width];
    for (int t = 0; t < count; t++) {
      for (int m = 0; m < width && multipliers[t] != 0; m++) {
        change[m] += multipliers[t] * rows[t * width + m];
      }
    }
    return change;
  }

  private static double[][] gram(float[] rows, int count, int width) {
    double[][] gram = new double[count][count];
    for (int t = 0; t < count; t++) {
      for (int s = 0; s <= t; s++) {
        double sum = 0;
        for (int m = 0; m < width; m++) {
          sum += rows[t * width + m] * (double) rows[s * width + m];
        }
        gram[t][s] = sum;
        gram[s][t] = sum;
      }
    }
    return gram;
  }
}
