package org.findthelady.match.compare;

import java.io.Serializable;

/**
 * Sums over the weights of each leaf of a group on one tensor axis, after matching.
 *
 * <p>The arrays are null where every bit is equal.
 *
 * @param referenceSquares squared norm of each reference leaf's weights
 * @param suspectSquares squared norm of its source's weights, in reference order
 * @param dots their dot products
 */
public record AxisSums(
    int axis, String group, float[] referenceSquares, float[] suspectSquares, float[] dots)
    implements Serializable {
  /** Every bit is equal; no sums were needed. */
  static AxisSums equal(int axis, String group) {
    return new AxisSums(axis, group, null, null, null);
  }

  /** Whether every bit is equal. */
  public boolean isEqual() {
    return dots == null;
  }

  /** Suspect norm over reference norm, negative where they point apart; NaN over zero. */
  public float scale(int leaf) {
    if (isEqual()) {
      return 1;
    }
    double ratio = Math.sqrt(suspectSquares[leaf] / (double) referenceSquares[leaf]);
    return (float) (dots[leaf] < 0 ? -ratio : ratio);
  }

  /** NaN where a norm is zero. */
  public float cosine(int leaf) {
    if (isEqual()) {
      return 1;
    }
    double squares = (double) referenceSquares[leaf] * suspectSquares[leaf];
    return squares == 0 ? Float.NaN : (float) (dots[leaf] / Math.sqrt(squares));
  }

  public boolean isBroken(int leaf, boolean ofReference) {
    return !isEqual() && !Float.isFinite((ofReference ? referenceSquares : suspectSquares)[leaf]);
  }
}
