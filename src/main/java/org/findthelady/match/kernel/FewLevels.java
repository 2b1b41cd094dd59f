package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * Whether numbers are others, each replaced by the nearest of few values: the result of rounding to
 * any table of levels, equally spaced or not. A level that no number was rounded to changes
 * nothing.
 */
final class FewLevels {
  /** Part of a distance by which float32 arithmetic may choose the farther of two levels. */
  private static final double SLACK = 1e-3;

  private FewLevels() {}

  /**
   * Counts the values that are left of {@code count} numbers.
   *
   * @param most values that count as few
   * @return 0 if they are more, no numbers, or one is not the nearest
   */
  static int count(float[] from, float[] to, int first, int count, int most) {
    DistinctValues distinct = new DistinctValues(Integer.highestOneBit(Math.max(1, most)));
    distinct.addAll(to, first, count);
    float[] levels = distinct.inOrder();
    if (levels.length == 0 || levels.length > most || !Float.isFinite(levels[levels.length - 1])) {
      return 0;
    }
    for (int i = first; i < first + count; i++) {
      int at = Arrays.binarySearch(levels, to[i] + 0f);
      if (!Float.isFinite(from[i]) || !isNearest(levels, at, from[i])) {
        return 0;
      }
    }
    return levels.length;
  }

  private static boolean isNearest(float[] levels, int at, double value) {
    double gap = Math.abs(value - levels[at]) * (1 - SLACK);
    return (at == 0 || gap <= Math.abs(value - levels[at - 1]))
        && (at == levels.length - 1 || gap <= Math.abs(value - levels[at + 1]));
  }
}
