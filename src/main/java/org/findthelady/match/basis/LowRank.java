package org.findthelady.match.basis;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Whether two matrices differ by one of low rank, as a merged adapter makes them. A few random sums
 * of the difference's rows span all of it then (Halko, Martinsson and Tropp, 2011).
 */
public final class LowRank {
  /** Random sums; half as many is the highest rank that is told. */
  private static final int SUMS = 32;

  /** Numbers of the shorter side for each rank: more would be no low rank. */
  private static final int PER_RANK = 4;

  /** Share of the greatest squared singular value that rounding to float32 leaves. */
  private static final double ROUNDING = 1e-7;

  /**
   * Squared singular values of random sums of rounding errors, as a multiple of the sum of squares
   * of the largest errors: a third of it is expected of each sum.
   */
  private static final double NOISE = 2;

  private LowRank() {}

  /**
   * The rank of the difference of two row-major matrices.
   *
   * @param width numbers of a row
   * @param roundoff largest relative error of the type that the other one was rounded to
   * @return 0 if it is not low, or nothing differs
   */
  public static int of(float[] one, float[] other, int width, double roundoff) {
    int rows = one.length / width;
    int most = Math.min(SUMS / 2, Math.min(rows, width) / PER_RANK);
    if (most == 0) {
      return 0;
    }
    double[][] sums = new double[Math.min(SUMS, 2 * most + 1)][width];
    SplittableRandom random = new SplittableRandom(1);
    for (int row = 0; row < rows; row++) {
      for (double[] sum : sums) {
        double weight = random.nextGaussian();
        for (int column = 0; column < width; column++) {
          int at = row * width + column;
          sum[column] += weight * ((double) other[at] - one[at]);
        }
      }
    }
    RealMatrix matrix = new Array2DRowRealMatrix(sums, false);
    RealMatrix gram = matrix.multiply(matrix.transpose());
    if (!Double.isFinite(gram.getTrace()) || gram.getTrace() == 0) {
      return 0;
    }
    double[] squares = new SingularValueDecomposition(gram).getSingularValues();
    double noise = 0;
    for (float value : other) {
      noise += roundoff * value * roundoff * value;
    }
    double least = Math.max(ROUNDING * squares[0], NOISE * noise);
    int rank = (int) Arrays.stream(squares).filter(s -> s > least).count();
    return rank <= most ? rank : 0;
  }
}
