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

  /** Share of a step by which storing may move a value: more would fit any values. */
  private static final double MOST_STORED = 0.1;

  /** Half a step, and what float32 arithmetic adds. */
  private static final double HALF = 0.5 + 2e-3;

  /**
   * A gap of more steps may say nothing of their size: the step's own error adds up. Where numbers
   * are as float32 arithmetic left them, a gap may be as long as that error allows.
   */
  private static final int MOST_STEPS = 32;

  /** What float32 arithmetic may move a level by, as a share of the largest one. */
  private static final double MOVED = 0x1p-22;

  /** Numbers of a line in which repeated values are counted: more need no proof. */
  private static final int COUNTED = 1 << 8;

  /** Probability, with room to spare, that two different numbers became the same by chance. */
  private static final double BECAME_EQUAL = 1e-3;

  /**
   * Evenly spread numbers that are looked at first: no grid explains all if none explains them. The
   * fewer only where numbers are not rounded: else the gaps between so few tell no step.
   */
  private static final int[] PARTS = {1 << 9, 1 << 12};

  /**
   * A grid that explains numbers.
   *
   * @param bits that hold its levels
   * @param logChance logarithm of the probability that any numbers lie on such a grid
   */
  record Grid(int bits, double logChance) {}

  private EqualSteps() {}

  /**
   * Bits that hold the levels of the grid that explains every one of {@code count} numbers.
   *
   * @param roundoff greatest relative error of storing a number of {@code to}
   * @return 0 if there is none
   */
  public static int bits(float[] from, float[] to, int first, int count, double roundoff) {
    Grid grid = grid(from, to, first, count, roundoff);
    return grid == null ? 0 : grid.bits();
  }

  /** The grid that explains every one of {@code count} numbers; null if there is none. */
  static Grid grid(float[] from, float[] to, int first, int count, double roundoff) {
    for (int part : PARTS) {
      if (count > 2 * part && (roundoff == 0 || part == PARTS[1])) {
        float[] some = every(count / part, from, first, part);
        float[] others = every(count / part, to, first, part);
        float[] levels = levels(others, 0, part);
        if (levels.length > 1 && grid(levels, some, others, 0, part, roundoff) == null) {
          return null;
        }
      }
    }
    return grid(levels(to, first, count), from, to, first, count, roundoff);
  }

  private static float[] every(int step, float[] values, int first, int count) {
    float[] some = new float[count];
    for (int i = 0; i < count; i++) {
      some[i] = values[first + i * step];
    }
    return some;
  }

  private static Grid grid(
      float[] levels, float[] from, float[] to, int first, int count, double roundoff) {
    if (levels.length < 2) {
      return null;
    }
    double least = levels[0];
    double greatest = levels[levels.length - 1];
    double stored = 2 * roundoff * Math.max(Math.abs(least), Math.abs(greatest));
    double span = greatest - least;
    double step = step(levels, span, stored);
    long steps = Math.round(span / step);
    step = span / steps;
    if (steps >= MOST_LEVELS || stored > MOST_STORED * step) {
      return null;
    }
    for (float level : levels) {
      double place = (level - least) / step;
      if (Math.abs(place - Math.rint(place)) > OFF_GRID + stored / step) {
        return null;
      }
    }
    for (int i = first; i < first + count; i++) {
      double gap = (double) from[i] - to[i];
      boolean clipped = (to[i] == levels[0] && gap < 0) || (to[i] == greatest && gap > 0);
      if (!clipped && !(Math.abs(gap) <= HALF * step + roundoff * Math.abs(to[i]))) {
        return null;
      }
    }
    double near = Math.min(1, 2 * (OFF_GRID + stored / step));
    double grids = Math.min(Math.log(MOST_LEVELS), Math.log(2.0 * steps * steps));
    double chance = (levels.length - 2) * Math.log(near) + grids;
    if (chance > Thresholds.EQUAL_LOG_P) {
      double equal = Math.min(1, BECAME_EQUAL + 2 * roundoff * Math.min(count, COUNTED));
      chance += repeats(levels, from, to, first, Math.min(count, COUNTED)) * Math.log(equal);
    }
    return new Grid(Math.max(1, 64 - Long.numberOfLeadingZeros(steps)), Math.min(0, chance));
  }

  /**
   * How many fewer values, or sizes whatever the sign, are left of different numbers. Those that
   * were clipped or became zero do not count: clipping and pruning make them too.
   */
  private static int repeats(float[] levels, float[] from, float[] to, int first, int count) {
    float[] ours = new float[count];
    float[] theirs = new float[count];
    float[] oursUnsigned = new float[count];
    float[] theirsUnsigned = new float[count];
    int inside = 0;
    int outward = 0;
    for (int i = first; i < first + count; i++) {
      if (to[i] != 0 && from[i] > levels[0] && from[i] < levels[levels.length - 1]) {
        ours[inside] = from[i];
        theirs[inside++] = to[i];
      }
      if (to[i] != 0 && Math.abs(from[i]) <= Math.abs(to[i])) {
        oursUnsigned[outward] = Math.abs(from[i]);
        theirsUnsigned[outward++] = Math.abs(to[i]);
      }
    }
    return Math.max(
        levels(ours, 0, inside).length - levels(theirs, 0, inside).length,
        levels(oursUnsigned, 0, outward).length - levels(theirsUnsigned, 0, outward).length);
  }

  /** The different values in order; empty if they are too many or no numbers. */
  private static float[] levels(float[] values, int first, int count) {
    int enough = Integer.highestOneBit(Math.max(1, count)) * 2;
    DistinctValues distinct = new DistinctValues(Math.min(MOST_LEVELS, enough));
    distinct.addAll(values, first, count);
    float[] levels = distinct.inOrder();
    for (float level : levels) {
      if (!Float.isFinite(level)) {
        return new float[0];
      }
    }
    return levels;
  }

  /** The greatest step of which all gaps are multiples, about. */
  private static double step(float[] levels, double span, double stored) {
    double[] gaps = new double[levels.length - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = (double) levels[i + 1] - levels[i];
    }
    Arrays.sort(gaps);
    double floor = span / MOST_LEVELS;
    double moved = MOVED * Math.max(Math.abs(levels[0]), Math.abs(levels[gaps.length]));
    double step = gaps[0];
    for (int i = 1; i < gaps.length && step > floor; i++) {
      if (gaps[i] > step * Math.max(MOST_STEPS, stored > 0 ? 0 : OFF_GRID * step / moved)) {
        break;
      }
      double a = step;
      double b = gaps[i];
      double none = stored > 0 ? OFF_GRID * step + stored : 0;
      while (b > Math.max(none, floor / 2)) {
        double rest = a % b;
        a = b;
        b = Math.min(rest, a - rest);
      }
      step = a < step ? refined(gaps, i + 1, a) : step;
    }
    return step;
  }

  /** A step that divides gaps, without what dividing them by each other added to its error. */
  private static double refined(double[] gaps, int count, double step) {
    double refined = step;
    for (int i = 0; i < count; i++) {
      refined = gaps[i] / Math.max(1, Math.rint(gaps[i] / refined));
    }
    return refined;
  }
}
