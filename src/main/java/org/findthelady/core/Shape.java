package org.findthelady.core;

import java.io.Serializable;
import java.util.Arrays;

/** The lengths of a tensor's axes, slowest first; empty for a scalar. Immutable. */
public final class Shape implements Serializable {
  private static final long serialVersionUID = 1;

  private static final long MOST_BESIDE_ZERO = 1 << 24;

  private final long[] lengths;

  private Shape(long[] lengths) {
    this.lengths = lengths;
  }

  /**
   * A shape of these axis lengths.
   *
   * @throws IllegalArgumentException if a length is negative
   */
  public static Shape of(long... lengths) {
    for (long length : lengths) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "negative axis length in shape " + Arrays.toString(lengths));
      }
    }
    return new Shape(lengths.clone());
  }

  /** Number of axes. */
  public int rank() {
    return lengths.length;
  }

  /** Length of one axis. */
  public long length(int axis) {
    return lengths[axis];
  }

  /** Length of one axis that is known to fit an int (an axis that some group permutes). */
  public int intLength(int axis) {
    return Math.toIntExact(lengths[axis]);
  }

  /**
   * Product of the lengths; 1 for a scalar.
   *
   * @throws ArithmeticException if it overflows a long, or if one length is zero and the product of
   *     the others is beyond 2^24: no bytes of a file stand for it
   */
  public long elements() {
    long product = 1;
    boolean none = false;
    for (long length : lengths) {
      none |= length == 0;
      product = Math.multiplyExact(product, Math.max(1, length));
    }
    if (none && product > MOST_BESIDE_ZERO) {
      throw new ArithmeticException("no elements in a shape of " + this);
    }
    return none ? 0 : product;
  }

  /** Product of the lengths of axes {@code from} (inclusive) to {@code to} (exclusive). */
  public long elements(int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product = Math.multiplyExact(product, lengths[axis]);
    }
    return product;
  }

  /** A copy of the lengths. */
  public long[] toArray() {
    return lengths.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(lengths, shape.lengths);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(lengths);
  }

  /** For example {@code [64, 3, 7, 7]}. */
  @Override
  public String toString() {
    return Arrays.toString(lengths);
  }
}
