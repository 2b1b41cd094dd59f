package org.findthelady.match.kernel;

import java.io.IOException;

/** The exact one-to-one assignment of a small dense matrix. */
public final class LinearAssignment {
  private LinearAssignment() {}

  /**
   * @param scores [size x size] row-major, finite
   * @return the column of each row, a bijection of the greatest total score
   */
  public static int[] greatest(float[] scores, int size) throws IOException {
    if (scores.length != Math.multiplyExact(size, size)) {
      throw new IllegalArgumentException(scores.length + " scores for " + size + " rows");
    }
    TopLists rows = new TopLists(size, size);
    for (int at = 0; at < scores.length; at++) {
      rows.offer(at / size, at % size, scores[at]);
    }
    return SparseAssignment.solve(rows, (some, length) -> rows);
  }
}
