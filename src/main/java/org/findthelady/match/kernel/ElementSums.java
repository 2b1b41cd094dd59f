package org.findthelady.match.kernel;

/**
 * Products of two stretches of floats summed up: their dot product, their squares and the squares
 * of their differences.
 *
 * <p>Long stretches are summed in single precision in {@value #LANES} lanes, from which C2 makes
 * vector code, and after {@value #ADDS} terms a lane in double precision. Each sum is wrong by at
 * most {@value #ADDS} units of 2^-24 of the sum of its terms' absolute values, that of differences
 * by two more.
 */
public final class ElementSums {
  static final int LANES = 256;
  private static final int ADDS = 16;

  /** Mean square from which on single precision holds what matters of the squares. */
  private static final double LEAST_SQUARE = 1e-30;

  /** Sum of squares up to which so many of them can be added in single precision. */
  private static final double MOST_SQUARES = Float.MAX_VALUE / ADDS;

  private float[][] one = new float[0][];
  private float[][] other = new float[0][];
  private final float[] dotLanes = new float[LANES];
  private final float[] hereLanes = new float[LANES];
  private final float[] thereLanes = new float[LANES];
  private final float[] apartLanes = new float[LANES];
  private double dots;
  private double here;
  private double there;
  private double apart;

  /** Takes the sums over {@code a[at ..]} and {@code b[bt ..]}, in place of what was there. */
  public void of(float[] a, int at, float[] b, int bt, int count) {
    clear();
    int pieces = count / LANES;
    if (pieces > one.length) {
      one = new float[pieces][LANES];
      other = new float[pieces][LANES];
    }
    int piece = 0;
    while (piece < pieces) {
      int end = Math.min(pieces, piece + ADDS);
      for (; piece < end; piece++) {
        System.arraycopy(a, at + piece * LANES, one[piece], 0, LANES);
        System.arraycopy(b, bt + piece * LANES, other[piece], 0, LANES);
        Lanes.addProducts(one[piece], other[piece], dotLanes);
        Lanes.addProducts(one[piece], one[piece], hereLanes);
        Lanes.addProducts(other[piece], other[piece], thereLanes);
        Lanes.addGaps(one[piece], other[piece], apartLanes);
      }
      flush();
    }
    int done = pieces * LANES;
    addExactly(a, at + done, b, bt + done, count - done);
  }

  /** The first numbers of {@code a} as they were added last, in pieces of {@value #LANES}. */
  float[][] one() {
    return one;
  }

  /** The first numbers of {@code b} likewise. */
  float[][] other() {
    return other;
  }

  /** The same in double precision, for what overflows single. */
  public void ofExactly(float[] a, int at, float[] b, int bt, int count) {
    clear();
    addExactly(a, at, b, bt, count);
  }

  private void clear() {
    dots = 0;
    here = 0;
    there = 0;
    apart = 0;
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

  private void flush() {
    dots += Lanes.total(dotLanes);
    here += Lanes.total(hereLanes);
    there += Lanes.total(thereLanes);
    apart += Lanes.total(apartLanes);
  }

  public double dots() {
    return dots;
  }

  public double here() {
    return here;
  }

  public double there() {
    return there;
  }

  /** Of the squared differences. */
  public double apart() {
    return apart;
  }

  /** Whether no element is NaN or infinite and no term overflowed. */
  public boolean finite() {
    return Double.isFinite(here + there + apart);
  }

  /** Whether single precision may have lost terms: by overflow, or because they are too small. */
  public boolean needExactly(int count) {
    return !finite()
        || Math.max(here, there) > MOST_SQUARES
        || Math.min(here, there) < LEAST_SQUARE * count;
  }
}
