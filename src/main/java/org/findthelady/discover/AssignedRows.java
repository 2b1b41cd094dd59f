package org.findthelady.discover;

import java.io.IOException;
import java.util.SplittableRandom;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.LinearAssignment;

/**
 * The one-to-one assignment of the rows of two sides with the least sum of squared distances. Rows
 * are taken at their size, so those that noise, rounding or pruning drowns say nothing, and the
 * others are found. An order that has nothing to do with the rows agrees with the assignment in k
 * places with a probability of at most 1/k!.
 */
final class AssignedRows {
  /** Rows at most: all scores are held. */
  static final int MOST_ROWS = 512;

  private final int[] order;

  /**
   * @param random decides between rows that are alike, so that none is found by its place
   */
  AssignedRows(RowReader.Rows rows, SplittableRandom random) throws IOException {
    int n = rows.rows();
    int width = rows.width();
    int[] drawn = UnitOrder.random(n, random);
    float[] b = new float[n * width];
    for (int j = 0; j < n; j++) {
      System.arraycopy(rows.b(), drawn[j] * width, b, j * width, width);
    }
    float[] products = new float[n * n];
    Blas.addProduct(
        false,
        n,
        n,
        width,
        1,
        Blas.Matrix.of(rows.a(), width),
        Blas.Matrix.of(b, width),
        Blas.Matrix.of(products, n));
    for (int i = 0; i < products.length; i++) {
      if (!Float.isFinite(products[i])) {
        products[i] = 0; // Rows that are not finite are evidence of nothing.
      }
    }
    int[] assigned = LinearAssignment.greatest(products, n);
    this.order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = drawn[assigned[i]];
    }
  }

  /** Logarithm of the probability that an order which has nothing to do with the rows agrees so. */
  double chance(int[] other) {
    int agreeing = 0;
    for (int i = 0; i < order.length; i++) {
      agreeing += order[i] == other[i] ? 1 : 0;
    }
    return Chance.ofAgreement(agreeing);
  }
}
