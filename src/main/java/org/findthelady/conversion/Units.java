package org.findthelady.conversion;

import java.util.Arrays;

/**
 * The levels of a code, ascending, and the nearest of them to a number; all integers if none is
 * given.
 */
final class Units {
  private final double[] units;
  private final boolean counted;

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
  }

  /** Index of the level nearest to a number. */
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
    int at = Arrays.binarySearch(units, number);
    int above = at >= 0 ? at : -at - 1;
    return above > 0 && number - units[above - 1] < units[above] - number ? above - 1 : above;
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

  double largest() {
    return isEndless() ? 0 : Math.max(Math.abs(units[0]), Math.abs(units[units.length - 1]));
  }
}
