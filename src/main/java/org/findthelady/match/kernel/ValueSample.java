package org.findthelady.match.kernel;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Evenly spread numbers of both sides of a tensor, for the rate at which two numbers other than
 * zero are equal by chance: the one that the two histograms of values give.
 */
public final class ValueSample implements Serializable {
  private static final long serialVersionUID = 1;

  /** Numbers of a side; the rate is known to about one over its square. */
  private static final int MOST = 1 << 12;

  private transient float[] here;
  private transient float[] there;
  private long step = 1;
  private long seen;
  private long next;
  private int count;
  private double chance = Double.NaN;

  /** Adds the next {@code length} numbers of both sides. */
  public void add(float[] reference, float[] suspect, int from, int length) {
    if (here == null) {
      here = new float[MOST];
      there = new float[MOST];
    }
    for (; next < seen + length; next += step) {
      if (count == MOST) {
        halve();
        next = Math.max(next, count * step);
        if (next >= seen + length) {
          break;
        }
      }
      int at = from + (int) (next - seen);
      here[count] = reference[at];
      there[count++] = suspect[at];
    }
    seen += length;
  }

  /** Keeps every other number. */
  private void halve() {
    for (int i = 0; i < MOST / 2; i++) {
      here[i] = here[2 * i];
      there[i] = there[2 * i];
    }
    count = MOST / 2;
    step *= 2;
  }

  /**
   * Ends adding: from here on only the rate is held.
   *
   * @param asked whether anybody needs it
   */
  public void finish(boolean asked) {
    if (asked && here != null && Double.isNaN(chance)) {
      chance = chance(Arrays.copyOf(here, count), Arrays.copyOf(there, count));
    }
    here = null;
    there = null;
  }

  /** Rate of equal numbers; NaN before the end, or if either side has no number but zeros. */
  public double chance() {
    return chance;
  }

  /** Share of pairs of numbers other than zero, one of each side, that are equal. */
  public static double chance(float[] some, float[] others) {
    float[] a = numbers(some);
    float[] b = numbers(others);
    if (a.length == 0 || b.length == 0) {
      return Double.NaN;
    }
    double equal = 0;
    int j = 0;
    for (int i = 0; i < a.length; ) {
      int same = i + 1;
      while (same < a.length && a[same] == a[i]) {
        same++;
      }
      while (j < b.length && b[j] < a[i]) {
        j++;
      }
      int first = j;
      while (j < b.length && b[j] == a[i]) {
        j++;
      }
      equal += (double) (same - i) * (j - first);
      i = same;
    }
    return equal / a.length / b.length;
  }

  private static float[] numbers(float[] values) {
    float[] kept = new float[values.length];
    int count = 0;
    for (float value : values) {
      if (value != 0 && Float.isFinite(value)) {
        kept[count++] = value;
      }
    }
    float[] sorted = Arrays.copyOf(kept, count);
    Arrays.sort(sorted);
    return sorted;
  }
}
