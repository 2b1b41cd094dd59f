package org.findthelady.match;

/**
 * Products of two stretches of floats summed up: their dot product, their squares and the squares
 * of their differences.
 *
 * <p>Long stretches are summed in single precision in {@value #LANES} lanes, from which C2 makes
 * vector code, and the lanes in double precision. Each sum is wrong by at most 6 units of 2^-24 of
 * the sum of its terms' absolute values: a term is rounded once and its pair once, and four
 * halvings at most bring {@value #PIECE} terms to the lanes.
 */
final class ElementSums {
  private static final int PIECE = 4096;
  private static final int LANES = 256;
  private static final int SHORT = 64;

  /** Mean square from which on single precision holds what matters of the squares. */
  private static final double LEAST_SQUARE = 1e-30;

  private final float[] lanes = new float[PIECE / 2];
  private double dots;
  private double here;
  private double there;
  private double apart;

  /** Takes the sums over {@code a[at ..]} and {@code b[bt ..]}, in place of what was there. */
  void of(float[] a, int at, float[] b, int bt, int count) {
    dots = 0;
    here = 0;
    there = 0;
    apart = 0;
    int done = 0;
    while (count - done >= SHORT) {
      int half = Math.min(PIECE, count - done) / 2;
      products(a, at + done, b, bt + done, half, lanes);
      dots += total(half);
      products(a, at + done, a, at + done, half, lanes);
      here += total(half);
      products(b, bt + done, b, bt + done, half, lanes);
      there += total(half);
      gaps(a, at + done, b, bt + done, half, lanes);
      apart += total(half);
      done += 2 * half;
    }
    addExactly(a, at + done, b, bt + done, count - done);
  }

  /** The same in double precision, for what overflows single. */
  void ofExactly(float[] a, int at, float[] b, int bt, int count) {
    dots = 0;
    here = 0;
    there = 0;
    apart = 0;
    addExactly(a, at, b, bt, count);
  }

  private void addExactly(float[] a, int at, float[] b, int bt, int count) {
    for (int x = 0; x < count; x++) {
      double one = a[at + x];
      double other = b[bt + x];
      dots += one * other;
      here += one * one;
      there += other * other;
      apart += (one - other) * (one - other);
    }
  }

  private static void products(float[] a, int at, float[] b, int bt, int half, float[] lanes) {
    for (int x = 0; x < half; x++) {
      lanes[x] = a[at + x] * b[bt + x] + a[at + half + x] * b[bt + half + x];
    }
  }

  private static void gaps(float[] a, int at, float[] b, int bt, int half, float[] lanes) {
    for (int x = 0; x < half; x++) {
      float one = a[at + x] - b[bt + x];
      float other = a[at + half + x] - b[bt + half + x];
      lanes[x] = one * one + other * other;
    }
  }

  private double total(int count) {
    int left = count;
    while (left > LANES && left % 2 == 0) {
      left /= 2;
      fold(left, lanes);
    }
    double sum = 0;
    for (int x = 0; x < left; x++) {
      sum += lanes[x];
    }
    return sum;
  }

  private static void fold(int half, float[] lanes) {
    for (int x = 0; x < half; x++) {
      lanes[x] += lanes[half + x];
    }
  }

  double dots() {
    return dots;
  }

  double here() {
    return here;
  }

  double there() {
    return there;
  }

  /** Of the squared differences. */
  double apart() {
    return apart;
  }

  /** Whether no element is NaN or infinite and no term overflowed. */
  boolean finite() {
    return Double.isFinite(here + there + apart);
  }

  /** Whether single precision may have lost terms: by overflow, or because they are too small. */
  boolean needExactly(int count) {
    return !finite() || Math.min(here, there) < LEAST_SQUARE * count;
  }
}
