package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * Loops over whole arrays of equal lengths, from the first element of each on: of these C2 makes
 * vector code. The launcher (deploy/local/ftl) keeps them out of their callers, so that each is
 * compiled once, in milliseconds.
 */
final class Lanes {
  /** All bits of two codes of 16 bits but each one's highest. */
  static final int LOW = 0x7fff_7fff;

  private Lanes() {}

  /** Adds products to lanes. */
  static void addProducts(float[] a, float[] b, float[] lanes) {
    for (int x = 0; x < lanes.length; x++) {
      lanes[x] += a[x] * b[x];
    }
  }

  /** Adds squared differences to lanes. */
  static void addGaps(float[] a, float[] b, float[] lanes) {
    for (int x = 0; x < lanes.length; x++) {
      float gap = a[x] - b[x];
      lanes[x] += gap * gap;
    }
  }

  /** Adds lanes to sums from {@code at} on, and clears them. */
  static void flush(float[] lanes, double[] sums, int at) {
    for (int x = 0; x < lanes.length; x++) {
      sums[at + x] += lanes[x];
      lanes[x] = 0;
    }
  }

  /** The sum of an even number of lanes, which are cleared. */
  static double total(float[] lanes) {
    double first = 0;
    double second = 0;
    for (int x = 0; x < lanes.length; x += 2) {
      first += lanes[x];
      second += lanes[x + 1];
    }
    Arrays.fill(lanes, 0);
    return first + second;
  }

  /**
   * Keeps a code's highest bit in {@code all} if any other bit of it is set: adding carries into
   * it, not beyond.
   */
  static void keepOthers(int[] codes, int[] all) {
    for (int i = 0; i < all.length; i++) {
      all[i] &= (codes[i] & LOW) + LOW;
    }
  }

  /** Counts codes that differ, both zeros being one, in the halves of {@code counts}. */
  static void countDifferent(int[] a, int[] b, int[] counts) {
    for (int i = 0; i < counts.length; i++) {
      int bits = a[i] ^ b[i];
      int apart = ((bits & LOW) + LOW) | bits;
      int notZero = ((a[i] & LOW) + LOW) | ((b[i] & LOW) + LOW);
      counts[i] += ((apart & notZero) >>> 15) & 0x1_0001;
    }
  }

  /** The lower of two bfloat16 as the bits of a float. */
  static void lower(int[] pairs, int[] bits) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] = pairs[i] << 16;
    }
  }

  /** The upper of two bfloat16 as the bits of a float. */
  static void upper(int[] pairs, int[] bits) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] = pairs[i] & 0xffff_0000;
    }
  }
}
