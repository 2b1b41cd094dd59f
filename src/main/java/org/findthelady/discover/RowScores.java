package org.findthelady.discover;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.match.kernel.Blas;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.Thresholds;

/**
 * How alike the rows of two sides are: correlations of rows, each side's mean row taken away first.
 * Scores are made block by block; only sums and the best of each row are kept.
 */
final class RowScores {
  private static final int BLOCK_ROWS = 256;

  /** Rows of the reference that are scored where an order is only tested. */
  private static final int SAMPLED_ROWS = 512;

  /** The same where most orders are expected to be wrong. */
  private static final int GLANCED_ROWS = 64;

  /** Candidates of a row that are kept for the assignment of many rows. */
  private static final int KEPT = 8;

  /** Rows up to which the assignment is exact. */
  private static final int MOST_EXACT = 512;

  /** Norm of a row less the mean under which it has no direction of its own. */
  private static final double LEAST_NORM = 1e-4;

  /** Rows whose scores differ from 1 by less are equal. */
  private static final double EQUAL = 1e-6;

  private final float[] a;
  private final float[] b;
  private final int rows;
  private final int width;
  private final int step;
  private final int directed;
  private final int[][] best;
  private final float[][] score;
  private final double[] rowStandOut;
  private final double[] rowMeans;
  private final double[] columnMeans;
  private final NarrowRows narrow;
  private double mean;
  private double squares;
  private double standOut;
  private int tested;

  private RowScores(RowReader.Rows pair, int step) throws IOException {
    this.rows = pair.rows();
    this.step = step;
    this.width = pair.width();
    this.a = every(pair.a(), width, step);
    this.b = pair.b().clone();
    Both.run(a.length, () -> directions(a, scored(), width), () -> directions(b, rows, width));
    this.directed = directed(b, rows, width);
    this.best = new int[rows][Math.min(KEPT, rows)];
    this.score = new float[rows][Math.min(KEPT, rows)];
    this.narrow = width <= NarrowRows.MOST_WIDTH ? new NarrowRows(pair) : null;
    this.rowStandOut = new double[rows];
    this.rowMeans = new double[rows];
    this.columnMeans = new double[rows];
  }

  /** Scores of all rows. */
  static RowScores of(RowReader.Rows pair) throws IOException {
    return of(pair, 1);
  }

  /** Scores of some of the reference's rows with all of the suspect's: enough to test an order. */
  static RowScores ofSample(RowReader.Rows pair) throws IOException {
    return of(pair, Math.max(1, pair.rows() / SAMPLED_ROWS));
  }

  /** The same of few rows: enough to see that an order has nothing to do with them. */
  static RowScores ofGlance(RowReader.Rows pair) throws IOException {
    return ofGlance(pair, GLANCED_ROWS);
  }

  /** The same of so many rows. */
  static RowScores ofGlance(RowReader.Rows pair, int rows) throws IOException {
    return of(pair, Math.max(1, pair.rows() / rows));
  }

  private static RowScores of(RowReader.Rows pair, int step) throws IOException {
    RowScores scores = new RowScores(pair, step);
    int scored = scores.scored();
    for (int from = 0; from < scored; from += 2 * BLOCK_ROWS) {
      int middle = Math.min(scored, from + BLOCK_ROWS);
      int to = Math.min(scored, from + 2 * BLOCK_ROWS);
      float[][] blocks = new float[2][];
      int first = from;
      Both.run(
          (long) (to - middle) * scores.rows,
          () -> blocks[0] = scores.block(first, middle),
          () -> blocks[1] = scores.block(middle, to));
      scores.add(first, middle, blocks[0]);
      scores.add(middle, to, blocks[1]);
    }
    scores.finish();
    return scores;
  }

  /** Rows of the reference that are scored. */
  private int scored() {
    return (rows + step - 1) / step;
  }

  /** A copy of every so many rows. */
  private static float[] every(float[] values, int width, int step) {
    if (step == 1) {
      return values.clone();
    }
    int rows = values.length / width;
    float[] some = new float[(rows + step - 1) / step * width];
    for (int i = 0; i < rows; i += step) {
      System.arraycopy(values, i * width, some, i / step * width, width);
    }
    return some;
  }

  /** Whether all rows were scored. */
  boolean isWhole() {
    return step == 1;
  }

  /**
   * Unit rows less their mean, made unit rows again; one that has no direction is all zeros, and so
   * are wide ones that are there more than once.
   *
   * @param unit rows as they are; changed
   */
  private static void directions(float[] unit, int rows, int width) {
    if (width > NarrowRows.MOST_WIDTH) {
      EqualRows.clearRepeated(unit, rows, width);
    }
    normalise(unit, rows, width, 0);
    boolean[] directed = new boolean[rows];
    int count = 0;
    double[] mean = new double[width];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < width; k++) {
        directed[i] |= unit[i * width + k] != 0;
        mean[k] += unit[i * width + k];
      }
      count += directed[i] ? 1 : 0;
    }
    for (int i = 0; i < rows; i++) {
      for (int k = 0; directed[i] && k < width; k++) {
        unit[i * width + k] -= (float) (mean[k] / count);
      }
    }
    normalise(unit, rows, width, LEAST_NORM);
  }

  /** Rows that are not all zeros: the others are nobody's partner. */
  private static int directed(float[] values, int rows, int width) {
    int count = 0;
    for (int i = 0; i < rows; i++) {
      int k = 0;
      while (k < width && values[i * width + k] == 0) {
        k++;
      }
      count += k < width ? 1 : 0;
    }
    return count;
  }

  private static void normalise(float[] values, int rows, int width, double leastNorm) {
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int k = 0; k < width; k++) {
        sum += (double) values[i * width + k] * values[i * width + k];
      }
      boolean directed = sum > leastNorm * leastNorm && Double.isFinite(sum);
      double scale = directed ? 1 / Math.sqrt(sum) : 0;
      for (int k = 0; k < width; k++) {
        values[i * width + k] = directed ? (float) (values[i * width + k] * scale) : 0;
      }
    }
  }

  /** Scores of some of the scored rows with all of the suspect's. */
  private float[] block(int from, int to) {
    float[] scores = new float[(to - from) * rows];
    Blas.addProduct(
        false,
        to - from,
        rows,
        width,
        1,
        new Blas.Matrix(a, from * width, width),
        Blas.Matrix.of(b, width),
        Blas.Matrix.of(scores, rows));
    return scores;
  }

  private void add(int from, int to, float[] scores) {
    for (int line = from; line < to; line++) {
      int i = line * step;
      int base = (line - from) * rows;
      double sum = 0;
      double sumSquares = 0;
      Arrays.fill(score[i], Float.NEGATIVE_INFINITY);
      for (int j = 0; j < rows; j++) {
        float value = scores[base + j];
        sum += value;
        sumSquares += (double) value * value;
        columnMeans[j] += value;
        if (value > score[i][score[i].length - 1]) {
          insert(i, j, value);
        }
      }
      rowMeans[i] = sum / rows;
      squares += sumSquares;
      standOut(i, sumSquares);
    }
  }

  /**
   * Among rows without relation the logarithm of what the best partner leaves unexplained, against
   * the next best, is a standard exponential once multiplied by half the number of dimensions; that
   * number is what makes the row's other scores as widely spread as they are.
   */
  private void standOut(int row, double sumSquares) {
    double first = score[row][0];
    double next = Math.max(0, score[row][1]);
    double variance = (sumSquares - first * first) / Math.max(1, directed - 1);
    if (variance <= 0 || first <= 0 || next > 1 - EQUAL) {
      return;
    }
    double left = Math.max(EQUAL, 1 - first * first);
    double value = Math.log((1 - next * next) / left) / (2 * variance);
    rowStandOut[row] = Math.min(Thresholds.MOST_STAND_OUT, Math.max(0, value));
    standOut += rowStandOut[row];
    tested++;
  }

  /** Takes the mean of rows, of columns and of all away from the squares. */
  private void finish() {
    int scored = scored();
    double outer = 0;
    for (int i = 0; i < rows; i += step) {
      mean += rowMeans[i] / scored;
      outer += rows * rowMeans[i] * rowMeans[i];
    }
    for (int j = 0; j < rows; j++) {
      columnMeans[j] /= scored;
      outer += scored * columnMeans[j] * columnMeans[j];
    }
    squares = Math.max(0, squares - outer + (double) scored * rows * mean * mean);
  }

  private void insert(int row, int column, float value) {
    int at = score[row].length - 1;
    while (at > 0 && score[row][at - 1] < value) {
      score[row][at] = score[row][at - 1];
      best[row][at] = best[row][at - 1];
      at--;
    }
    score[row][at] = value;
    best[row][at] = column;
  }

  /** Rows that differ from the mean. */
  int tested() {
    return tested;
  }

  /**
   * By how much the best partner of a row stands out of the rest, 1 by chance; mean of all rows.
   */
  double standOut() {
    return tested == 0 ? 0 : standOut / tested;
  }

  /**
   * How far the sum of scores of an order lies above the mean over all orders, in standard
   * deviations.
   *
   * @param order the suspect's row of each reference row, -1 where it is not known
   */
  double deviations(int[] order) {
    double sum = 0;
    int known = 0;
    for (int i = 0; i < rows; i += step) {
      if (order[i] >= 0) {
        known++;
        sum += product(i, order[i]) - rowMeans[i] - columnMeans[order[i]] + mean;
      }
    }
    double variance = squares / Math.max(1, rows - 1) * known / scored();
    return variance > 0 ? sum / Math.sqrt(variance) : 0;
  }

  /**
   * Logarithm of the probability that an order which has nothing to do with the rows fits as well.
   *
   * @param order as {@link #deviations} takes it
   */
  double chance(int[] order) {
    double ofDirections = Chance.ofSum(deviations(order));
    return narrow == null
        ? ofDirections
        : Math.min(0, Math.min(ofDirections, narrow.chance(order)) + Math.log(2));
  }

  /** Share of the scored rows whose best partner is the order's. */
  double agreement(int[] order) {
    int agreeing = 0;
    for (int i = 0; i < rows; i += step) {
      agreeing += order[i] == best[i][0] ? 1 : 0;
    }
    return (double) agreeing / scored();
  }

  /**
   * Whether an order is right for some rows only: others have partners elsewhere that stand out.
   * Rows without a clear partner say nothing.
   */
  boolean contradicts(int[] order) {
    int clear = 0;
    int elsewhere = 0;
    for (int i = 0; i < rows; i += step) {
      if (rowStandOut[i] > Thresholds.CLEAR_STAND_OUT) {
        clear++;
        elsewhere += order[i] == best[i][0] ? 0 : 1;
      }
    }
    return elsewhere >= Thresholds.ELSEWHERE_ROWS && elsewhere > Thresholds.ELSEWHERE_SHARE * clear;
  }

  /** The suspect's rows that fit the reference's best, one-to-one. */
  int[] order() throws IOException {
    return rows <= MOST_EXACT ? LinearAssignment.greatest(block(0, rows), rows) : greedy();
  }

  /** All scores of few rows over their deviation. */
  float[] standardised() {
    float[] scores = block(0, rows);
    float scale = (float) (squares > 0 ? Math.sqrt((rows - 1) / squares) : 0);
    for (int at = 0; at < scores.length; at++) {
      scores[at] *= scale;
    }
    return scores;
  }

  private double product(int i, int j) {
    double sum = 0;
    for (int k = 0; k < width; k++) {
      sum += a[i / step * width + k] * b[j * width + k];
    }
    return sum;
  }

  /** Pairs from the most alike on; what is left over in the order of places. */
  private int[] greedy() {
    long[] pairs = new long[rows * KEPT];
    for (int i = 0; i < rows; i++) {
      for (int rank = 0; rank < KEPT; rank++) {
        int falling = (int) ((8 - Math.max(-8, score[i][rank])) * (1 << 24));
        pairs[i * KEPT + rank] = (long) falling << 32 | (long) i * KEPT + rank;
      }
    }
    Arrays.sort(pairs);
    int[] order = new int[rows];
    Arrays.fill(order, -1);
    boolean[] taken = new boolean[rows];
    for (long pair : pairs) {
      int at = (int) pair;
      int column = best[at / KEPT][at % KEPT];
      if (order[at / KEPT] < 0 && !taken[column]) {
        order[at / KEPT] = column;
        taken[column] = true;
      }
    }
    int free = 0;
    for (int i = 0; i < rows; i++) {
      if (order[i] < 0) {
        while (taken[free]) {
          free++;
        }
        order[i] = free;
        taken[free] = true;
      }
    }
    return order;
  }
}
