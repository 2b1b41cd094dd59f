package org.findthelady.match;

import java.io.Serializable;

/**
 * How far a suspect's tensor, in reference order, is from the reference's.
 *
 * @param tensor name
 * @param elements number of elements
 * @param differing elements whose float values differ in any bit
 * @param referenceSquares sum of squares of the reference's elements; NaN (not summed up) where no
 *     element differs
 * @param differenceSquares sum of squared differences
 */
public record TensorDifference(
    String tensor, long elements, long differing, double referenceSquares, double differenceSquares)
    implements Serializable {
  /** Norm of the difference over the norm of the reference; 0 where no element differs. */
  public double relative() {
    return differing == 0 ? 0 : Math.sqrt(differenceSquares / referenceSquares);
  }
}
