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

  /** Rows of a part that is looked at first. */
  private static final int PART_ROWS = 64;

  /** Share of the greatest squared singular value that noise has, and rounding does not. */
  private static final double CHANGED = 1e-4;

  /** Share of its even part of the squared difference that the part has to hold. */
  private static final double HELD = 0.25;

  /**
   * Squared singular values of random sums of rounding errors, as a multiple of the sum of squares
   * of the largest errors: a third of it is expected of each sum.
   */
  private static final double NOISE = 2;

  private final float[] one;
  private final float[] other;
  private final int width;
  private final double roundoff;

  private LowRank(float[] one, float[] other, int width, double roundoff) {
    this.one = one;
    this.other = other;
    this.width = width;
    this.roundoff = roundoff;
  }

  /**
   * The rank of the difference of two row-major matrices.
   *
   * @param width numbers of a row
   * @param roundoff largest relative error of the type that the other one was rounded to
   * @return 0 if it is not low, or nothing differs
   */
  public static int of(float[] one, float[] other, int width, double roundoff) {
    int most = Math.min(SUMS / 2, Math.min(one.length / width, width) / PER_RANK);
    LowRank difference = new LowRank(one, other, width, roundoff);
    if (most == 0 || difference.isHighInPart(most)) {
      return 0;
    }
    int rank = difference.rank(1, most, ROUNDING);
    return rank <= most ? rank : 0;
  }

  /** Whether evenly spread rows differ by more than {@code most} ranks: then so do all rows. */
  private boolean isHighInPart(int most) {
    int step = one.length / width / PART_ROWS;
    return step > 1
        && rank(step, most, CHANGED) > most
        && squares(step, 1, -1) * step > HELD * squares(1, 1, -1);
  }

  /** Sum of squares of a combination of both matrices, over every {@code step}-th row. */
  private double squares(int step, double ofOther, double ofOne) {
    double squares = 0;
    for (int from = 0; from + width <= one.length; from += step * width) {
      for (int at = from; at < from + width; at++) {
        double sum = ofOther * other[at] + ofOne * one[at];
        squares += sum * sum;
      }
    }
    return squares;
  }

  /**
   * The rank of every {@code step}-th row's difference, of which twice {@code most} can be seen; or
   * a number above {@code most} where it is higher than that.
   *
   * @param least share of the greatest squared singular value that counts
   */
  private int rank(int step, int most, double least) {
    double[][] sums = new double[Math.min(SUMS, 2 * most + 1)][width];
    double[] gaps = new double[width];
    SplittableRandom random = new SplittableRandom(1);
    for (int from = 0; from + width <= one.length; from += step * width) {
      for (int column = 0; column < width; column++) {
        gaps[column] = (double) other[from + column] - one[from + column];
      }
      for (double[] sum : sums) {
        double weight = random.nextGaussian();
        for (int column = 0; column < width; column++) {
          sum[column] += weight * gaps[column];
        }
      }
    }
    RealMatrix matrix = new Array2DRowRealMatrix(sums, false);
    RealMatrix gram = matrix.multiply(matrix.transpose());
    if (!Double.isFinite(gram.getTrace()) || gram.getTrace() == 0) {
      return 0;
    }
    double noise = NOISE * squares(step, roundoff, 0);
    // The squared sum of n positive numbers is at most n times the sum of their squares.
    double counted = gram.getTrace() - sums.length * Math.max(least * gram.getTrace(), noise);
    double norm = gram.getFrobeniusNorm();
    if (counted > 0 && counted * counted > most * norm * norm) {
      return most + 1;
    }
    // Eigenvalues would be cheaper, but their search does not always end where most are zero.
    double[] squares = new SingularValueDecomposition(gram).getSingularValues();
    double floor = Math.max(least * squares[0], noise);
    return (int) Arrays.stream(squares).filter(s -> s > floor).count();
  }
}
