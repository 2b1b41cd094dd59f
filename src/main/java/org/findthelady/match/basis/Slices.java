package org.findthelady.match.basis;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.core.Shape;

/**
 * A tensor of two axes, seen from one of them: row i is the i-th slice across that axis. One of a
 * single axis has rows of one number.
 */
record Slices(float[] values, int rows, int width, int rowStep, int step) {
  /** Sees a tensor of rank 1 or 2 so that index {@code i} of {@code axis} is row i. */
  static Slices of(MemoryWeights weights, String tensor, int axis) {
    Shape shape = weights.shape(tensor);
    int height = shape.intLength(0);
    int across = shape.rank() == 1 ? 1 : shape.intLength(1);
    float[] values = weights.values(tensor);
    return axis == 0
        ? new Slices(values, height, across, across, 1)
        : new Slices(values, across, height, 1, across);
  }

  double get(int row, int column) {
    return values[row * rowStep + column * step];
  }

  void set(int row, int column, double value) {
    values[row * rowStep + column * step] = (float) value;
  }

  void scale(int row, double factor) {
    for (int column = 0; column < width; column++) {
      set(row, column, factor * get(row, column));
    }
  }

  /** Some rows as a matrix. */
  RealMatrix matrix(int[] some) {
    double[][] matrix = new double[some.length][width];
    for (int i = 0; i < some.length; i++) {
      for (int column = 0; column < width; column++) {
        matrix[i][column] = get(some[i], column);
      }
    }
    return new Array2DRowRealMatrix(matrix, false);
  }

  void put(int[] some, RealMatrix matrix) {
    for (int i = 0; i < some.length; i++) {
      for (int column = 0; column < width; column++) {
        set(some[i], column, matrix.getEntry(i, column));
      }
    }
  }

  double dot(int row, Slices other, int otherRow) {
    double sum = 0;
    for (int column = 0; column < width; column++) {
      sum += get(row, column) * other.get(otherRow, column);
    }
    return sum;
  }
}
