package org.findthelady.match.kernel;

import java.util.Arrays;

/** Doubly stochastic matrices in the place of permutations; all are [size x size], row-major. */
public final class SoftPermutation {
  private static final int ROUNDS = 30;
  private static final double CLOSE = 1e-3;

  /** Logarithms of odds are cut off here. */
  private static final double LEAST = -60;

  private SoftPermutation() {}

  /** Nothing is known. */
  public static float[] uniform(int size) {
    float[] soft = new float[size * size];
    Arrays.fill(soft, 1f / size);
    return soft;
  }

  /** A permutation by the column of each row. */
  public static float[] of(int[] columnOf) {
    float[] soft = new float[columnOf.length * columnOf.length];
    for (int row = 0; row < columnOf.length; row++) {
      soft[row * columnOf.length + columnOf[row]] = 1;
    }
    return soft;
  }

  /** A permutation of which some rows are known only; the others share what is left. */
  public static float[] partly(int[] columnOf, boolean[] known) {
    int size = columnOf.length;
    boolean[] free = new boolean[size];
    int open = 0;
    for (int row = 0; row < size; row++) {
      free[columnOf[row]] = !known[row];
      open += known[row] ? 0 : 1;
    }
    float[] soft = new float[size * size];
    for (int at = 0; at < soft.length; at++) {
      int row = at / size;
      int column = at % size;
      soft[at] = known[row] ? (columnOf[row] == column ? 1 : 0) : free[column] ? 1f / open : 0;
    }
    return soft;
  }

  /** Moves a matrix towards another one by a share of the way. */
  public static void mix(float[] soft, float[] other, float share) {
    for (int i = 0; i < soft.length; i++) {
      soft[i] += share * (other[i] - soft[i]);
    }
  }

  /**
   * What scores say, by Sinkhorn's scaling of their exponentials.
   *
   * @param scores logarithms of odds
   * @param coldness factor of the scores: 0 says nothing, 1 what they say
   */
  public static float[] balanced(float[] scores, int size, double coldness) {
    double[] odds = new double[scores.length];
    for (int row = 0; row < size; row++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int at = row * size; at < (row + 1) * size; at++) {
        best = Math.max(best, scores[at]);
      }
      for (int at = row * size; at < (row + 1) * size; at++) {
        odds[at] = Math.exp(Math.max(LEAST, coldness * (scores[at] - best)));
      }
    }
    double[] columns = new double[size];
    double apart = 1;
    for (int round = 0; round < ROUNDS && apart > CLOSE; round++) {
      Arrays.fill(columns, 0);
      for (int row = 0; row < size; row++) {
        double sum = 0;
        for (int at = row * size; at < (row + 1) * size; at++) {
          sum += odds[at];
        }
        for (int column = 0; column < size; column++) {
          odds[row * size + column] /= sum;
          columns[column] += odds[row * size + column];
        }
      }
      apart = 0;
      for (int column = 0; column < size; column++) {
        apart = Math.max(apart, Math.abs(columns[column] - 1));
      }
      for (int at = 0; at < odds.length; at++) {
        odds[at] /= columns[at % size];
      }
    }
    float[] soft = new float[odds.length];
    for (int at = 0; at < soft.length; at++) {
      soft[at] = (float) odds[at];
    }
    return soft;
  }
}
