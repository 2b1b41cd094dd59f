package org.findthelady.match.basis;

import org.findthelady.match.kernel.Blas;

/**
 * The orthogonal matrix that is nearest to a square one: its polar factor, which solves orthogonal
 * Procrustes. By products alone: polynomials of degree five bring every singular value near one
 * (Jordan and others, "Muon", 2024), then those of Newton and Schulz to one (Higham, "Functions of
 * Matrices", chapter 8).
 */
final class Polar {
  /** Lifts singular values from one part in 3.4 to the power of {@link #LIFTS}. */
  private static final double[] LIFT = {3.4445, -4.7750, 2.0315};

  private static final int LIFTS = 12;

  private static final double[] SETTLE = {15.0 / 8, -10.0 / 8, 3.0 / 8};

  private static final int MOST_SETTLES = 8;

  /** Norm of X^T X - 1 from which singular values are near enough to settle. */
  private static final double NEAR = 0.5;

  private static final double SETTLED = 1e-11;

  private Polar() {}

  /**
   * @param matrix [size x size], row-major, finite; not changed
   * @return [size x size]; directions of which {@code matrix} knows nothing to seven digits are not
   *     turned to full length
   */
  static double[] factor(double[] matrix, int size) {
    double bound = Math.sqrt(greatestSum(matrix, size, true) * greatestSum(matrix, size, false));
    double[] x = matrix.clone();
    for (int i = 0; i < x.length && bound > 0; i++) {
      x[i] /= bound;
    }
    for (int lift = 0; lift < LIFTS; lift++) {
      double[] squares = Blas.across(x, x, size);
      if (fromOne(squares, size) < NEAR) {
        break;
      }
      x = step(x, squares, size, LIFT);
    }
    for (int settle = 0; settle < MOST_SETTLES; settle++) {
      double[] squares = Blas.across(x, x, size);
      x = step(x, squares, size, SETTLE);
      if (fromOne(squares, size) < SETTLED * size) {
        break;
      }
    }
    return x;
  }

  /** X (a + b S + c S S) of S = X^T X. */
  private static double[] step(double[] x, double[] squares, int size, double[] by) {
    double[] inner = Blas.product(squares, squares, size);
    for (int i = 0; i < inner.length; i++) {
      inner[i] = by[1] * squares[i] + by[2] * inner[i] + (i % (size + 1) == 0 ? by[0] : 0);
    }
    return Blas.product(x, inner, size);
  }

  private static double fromOne(double[] squares, int size) {
    double sum = 0;
    for (int i = 0; i < squares.length; i++) {
      double gap = squares[i] - (i % (size + 1) == 0 ? 1 : 0);
      sum += gap * gap;
    }
    return Math.sqrt(sum);
  }

  /** The greatest sum of sizes over a row or a column: both together bound the spectral norm. */
  private static double greatestSum(double[] matrix, int size, boolean rows) {
    double[] sums = new double[size];
    for (int i = 0; i < matrix.length; i++) {
      sums[rows ? i / size : i % size] += Math.abs(matrix[i]);
    }
    double greatest = 0;
    for (double sum : sums) {
      greatest = Math.max(greatest, sum);
    }
    return greatest;
  }
}
