package org.findthelady.match.compare;

import java.io.Serializable;
import java.util.Arrays;
import org.findthelady.match.kernel.Thresholds;

/**
 * Sums over the weights of each unit of a group on one tensor axis, after matching.
 *
 * <p>The arrays are null where every bit is equal.
 *
 * @param referenceSquares squared norm of each reference unit's weights
 * @param suspectSquares squared norm of its source's weights, in reference order
 * @param dots their dot products
 * @param gaps squared norm of their difference; null where it was not summed up
 */
public record AxisSums(
    int axis,
    String group,
    float[] referenceSquares,
    float[] suspectSquares,
    float[] dots,
    float[] gaps)
    implements Serializable {
  /** Every bit is equal; no sums were needed. */
  static AxisSums equal(int axis, String group) {
    return new AxisSums(axis, group, null, null, null, null);
  }

  /** Whether every bit is equal. */
  public boolean isEqual() {
    return dots == null;
  }

  /** Whether both sides hold units of the same norms, in whatever order. */
  public boolean holdsTheSame() {
    if (isEqual()) {
      return true;
    }
    float[] ours = referenceSquares.clone();
    float[] theirs = suspectSquares.clone();
    Arrays.sort(ours);
    Arrays.sort(theirs);
    for (int i = 0; i < ours.length; i++) {
      if (!(Math.abs(ours[i] - theirs[i]) <= Thresholds.SUMMED * ours[i])) {
        return false;
      }
    }
    return true;
  }

  /** Suspect norm over reference norm, negative where they point apart; NaN over zero. */
  public float scale(int unit) {
    if (isEqual()) {
      return 1;
    }
    double ratio = Math.sqrt(suspectSquares[unit] / (double) referenceSquares[unit]);
    return (float) (dots[unit] < 0 ? -ratio : ratio);
  }

  /** NaN where a norm is zero. */
  public float cosine(int unit) {
    if (isEqual()) {
      return 1;
    }
    double squares = (double) referenceSquares[unit] * suspectSquares[unit];
    return squares == 0 ? Float.NaN : (float) (dots[unit] / Math.sqrt(squares));
  }

  /** Squared norm of the difference; NaN where it is not known. */
  public float gap(int unit) {
    return isEqual() ? 0 : gaps == null ? Float.NaN : gaps[unit];
  }

  public boolean isBroken(int unit, boolean ofReference) {
    return !isEqual() && !Float.isFinite((ofReference ? referenceSquares : suspectSquares)[unit]);
  }
}
