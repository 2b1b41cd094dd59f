package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * Whether numbers are others, each rounded to the nearest of equally spaced values: the result of
 * quantisation by any scale, offset and clipping.
 */
public final class EqualSteps {
  private static final int MOST_LEVELS = 1 << Thresholds.MOST_BITS;

  /** What float32 arithmetic may move a value by, as a share of a step. */
  private static final double OFF_GRID = 0.02;

  /** Half a step, and what float32 arithmetic adds. */
  private static final double HALF = 0.5 + 2e-3;

  private EqualSteps() {}

  /**
   * Bits that hold the levels of the grid that explains every one of {@code count} numbers.
   *
   * @return 0 if there is none
   */
  public static int bits(float[] from, float[] to, int first, int count) {
    float[] levels = levels(to, first, count);
    if (levels.length < 2) {
      return 0;
    }
    double least = levels[0];
    double span = levels[levels.length - 1] - least;
    double step = step(levels, span);
    long steps = Math.round(span / step);
    if (steps >= MOST_LEVELS) {
      return 0;
    }
    step = span / steps;
    for (float level : levels) {
      double place = (level - least) / step;
      if (Math.abs(place - Math.rint(place)) > OFF_GRID) {
        return 0;
      }
    }
    for (int i = first; i < first + count; i++) {
      double gap = (double) from[i] - to[i];
      boolean clipped =
          (to[i] == levels[0] && gap < 0) || (to[i] == levels[levels.length - 1] && gap > 0);
      if (!clipped && !(Math.abs(gap) <= HALF * step)) {
        return 0;
      }
    }
    return Math.max(1, 64 - Long.numberOfLeadingZeros(steps));
  }

  /** The different values in order; empty if they are too many or no numbers. */
  private static float[] levels(float[] values, int first, int count) {
    float[] sorted = Arrays.copyOfRange(values, first, first + count);
    Arrays.sort(sorted);
    float[] levels = new float[Math.min(count, MOST_LEVELS)];
    int found = 0;
    for (float value : sorted) {
      if (!Float.isFinite(value)) {
        return new float[0];
      }
      if (found == 0 || value != levels[found - 1]) {
        if (found == levels.length) {
          return new float[0];
        }
        levels[found++] = value;
      }
    }
    return Arrays.copyOf(levels, found);
  }

  /** The greatest step of which all gaps are multiples, about. */
  private static double step(float[] levels, double span) {
    double floor = span / MOST_LEVELS;
    double step = span;
    for (int i = 1; i < levels.length && step > floor; i++) {
      double a = step;
      double b = (double) levels[i] - levels[i - 1];
      while (b > OFF_GRID * step && b > floor / 2) {
        double rest = a % b;
        a = b;
        b = Math.min(rest, a - rest);
      }
      step = a;
    }
    return step;
  }
}
