package org.findthelady.discover;

import java.io.IOException;
import java.util.List;
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

  /**
   * Deviations of an order's sum of products from that of a random order, below which the
   * assignment is not looked for: one that agrees with the order where the sum says nothing is
   * chance.
   */
  private static final double LEAST_DEVIATIONS = 2;

  private final int[] drawn;
  private final float[] products;
  private int[] order;

  /**
   * @param random decides between rows that are alike, so that none is found by its place
   */
  AssignedRows(RowReader.Rows rows, SplittableRandom random) throws IOException {
    int n = rows.rows();
    int width = rows.width();
    this.drawn = UnitOrder.random(n, random);
    float[] b = new float[n * width];
    for (int j = 0; j < n; j++) {
      System.arraycopy(rows.b(), drawn[j] * width, b, j * width, width);
    }
    this.products = new float[n * n];
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
  }

  /** Whether the products that one of the orders pairs are larger together than by chance. */
  boolean showTrace(List<int[]> others) {
    int n = drawn.length;
    double[] ofRow = new double[n];
    double[] ofColumn = new double[n];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = products[i * n + j];
        ofRow[i] += product / n;
        ofColumn[j] += product / n;
        sum += product;
        squares += product * product;
      }
    }
    double mean = sum / n;
    squares += mean * mean;
    for (int i = 0; i < n; i++) {
      squares -= n * (ofRow[i] * ofRow[i] + ofColumn[i] * ofColumn[i]);
    }
    double least = mean + LEAST_DEVIATIONS * Math.sqrt(Math.max(0, squares) / Math.max(1, n - 1));
    int[] placeOf = new int[n];
    for (int j = 0; j < n; j++) {
      placeOf[drawn[j]] = j;
    }
    return others.stream().anyMatch(other -> sum(other, placeOf) >= least);
  }

  private double sum(int[] other, int[] placeOf) {
    double sum = 0;
    for (int i = 0; i < other.length; i++) {
      sum += other[i] < 0 ? 0 : products[i * other.length + placeOf[other[i]]];
    }
    return sum;
  }

  /** Logarithm of the probability that an order which has nothing to do with the rows agrees so. */
  double chance(int[] other) {
    if (order == null) {
      int[] assigned = LinearAssignment.greatest(products, drawn.length);
      order = new int[drawn.length];
      for (int i = 0; i < order.length; i++) {
        order[i] = drawn[assigned[i]];
      }
    }
    int agreeing = 0;
    for (int i = 0; i < order.length; i++) {
      agreeing += order[i] == other[i] ? 1 : 0;
    }
    return Chance.ofAgreement(agreeing);
  }
}
