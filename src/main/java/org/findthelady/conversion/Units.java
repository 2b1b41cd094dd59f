package org.findthelady.conversion;

import java.util.Arrays;

/**
 * The levels of a code, ascending, and the nearest of them to a number; all integers if none is
 * given.
 */
final class Units {
  /** Leaves sign, exponent and four bits of a float32. */
  private static final int GUESS_SHIFT = 19;

  private final double[] units;
  private final boolean counted;
  private final short[] guesses;

  /** One over the smaller gap beside each level. */
  private final double[] perGap;

  Units(float[] given) {
    double[] all = new double[given.length];
    int count = 0;
    for (float unit : given) {
      if (Float.isFinite(unit)) {
        all[count++] = unit + 0.0;
      }
    }
    units = Arrays.stream(all, 0, count).sorted().distinct().toArray();
    boolean even = units.length > 1;
    for (int i = 1; i < units.length; i++) {
      even &= units[i] - units[i - 1] == 1;
    }
    counted = even;
    guesses = even || isEndless() ? null : guesses();
    perGap = new double[units.length];
    Arrays.setAll(perGap, level -> 1 / Math.min(gap(level, true), gap(level, false)));
  }

  /** Index of the level nearest to a number; of two that are as near the higher one. */
  int nearest(double number) {
    if (isEndless()) {
      return (int) Math.round(number);
    }
    int last = units.length - 1;
    if (!(number > units[0])) {
      return 0;
    }
    if (number >= units[last]) {
      return last;
    }
    if (counted) {
      return (int) Math.round(number - units[0]);
    }
    int at = guesses[guess(number)];
    while (at > 0 && number - units[at - 1] < units[at] - number) {
      at--;
    }
    while (at < last && units[at + 1] - number <= number - units[at]) {
      at++;
    }
    return at;
  }

  /**
   * Steps from the level that a code is nearest to, to a number. Up to one half they are those of
   * the smaller gap beside the level: asking on which side a number lies would take longer.
   */
  double steps(double code, double number) {
    if (counted || isEndless()) {
      return Math.abs(number - Math.rint(code));
    }
    int level = nearest(code);
    double away = number - units[level];
    double steps = Math.abs(away) * perGap[level];
    return steps <= 0.5 ? steps : Math.abs(away) / gap(level, away > 0);
  }

  /**
   * Sign, exponent and the first bits of a number, rounded: levels of small floats are told apart
   * by it, also where a product has moved them a little.
   */
  private static int guess(double number) {
    return (Float.floatToRawIntBits((float) number) + (1 << (GUESS_SHIFT - 1))) >>> GUESS_SHIFT;
  }

  /** A level that is not far from each number. */
  private short[] guesses() {
    short[] near = new short[1 << (Float.SIZE - GUESS_SHIFT)];
    for (int i = 0; i < near.length; i++) {
      float number = Float.intBitsToFloat(i << GUESS_SHIFT);
      int at = Float.isNaN(number) ? 0 : Arrays.binarySearch(units, number + 0.0);
      near[i] = (short) Math.min(at >= 0 ? at : -at - 1, units.length - 1);
    }
    return near;
  }

  private boolean isEndless() {
    return units.length == 0;
  }

  double unit(int index) {
    return isEndless() ? index : units[index];
  }

  /** From a level to the next one on the side of a number; the gap inwards at either end. */
  double gap(int index, boolean upwards) {
    int last = units.length - 1;
    if (last <= 0) {
      return 1;
    }
    int lower = upwards ? Math.min(index, last - 1) : Math.max(index - 1, 0);
    return units[lower + 1] - units[lower];
  }

  /** Whether a number is beyond the last level on its side. */
  boolean isBeyond(double number) {
    return !isEndless() && (number < units[0] || number > units[units.length - 1]);
  }

  /** From the lowest level to the highest. */
  double range() {
    return isEndless() ? 0 : units[units.length - 1] - units[0];
  }

  double largest() {
    return isEndless() ? 0 : Math.max(Math.abs(units[0]), Math.abs(units[units.length - 1]));
  }
}
