package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * Sorts floats by their bits, eleven at a time: the order of {@link Arrays#sort(float[])}. Keeps
 * its working memory; not thread-safe.
 */
public final class RadixSort {
  private static final int SMALL = 512;
  private static final int BITS = 11;
  private static final int DIGITS = 1 << BITS;
  private static final int PASSES = 3;

  private final int[][] ends = new int[PASSES][DIGITS];
  private int[] keys = new int[0];
  private int[] other = new int[0];

  /** Sorts in place: negative zero ahead of zero; there must be no NaN. */
  public void sort(float[] values) {
    int count = values.length;
    if (count < SMALL) {
      Arrays.sort(values);
      return;
    }
    if (keys.length < count) {
      keys = new int[count];
      other = new int[count];
    }
    for (int[] pass : ends) {
      Arrays.fill(pass, 0);
    }
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      int key = bits ^ ((bits >> 31) | Integer.MIN_VALUE);
      keys[i] = key;
      for (int pass = 0; pass < PASSES; pass++) {
        ends[pass][digit(key, pass)]++;
      }
    }
    for (int pass = 0; pass < PASSES; pass++) {
      int[] start = ends[pass];
      int sum = 0;
      for (int d = 0; d < DIGITS; d++) {
        int here = start[d];
        start[d] = sum;
        sum += here;
      }
      for (int i = 0; i < count; i++) {
        int key = keys[i];
        other[start[digit(key, pass)]++] = key;
      }
      int[] done = keys;
      keys = other;
      other = done;
    }
    for (int i = 0; i < count; i++) {
      int key = keys[i];
      values[i] = Float.intBitsToFloat(key ^ ((~key >> 31) | Integer.MIN_VALUE));
    }
  }

  private static int digit(int key, int pass) {
    return (key >>> (pass * BITS)) & (DIGITS - 1);
  }
}
