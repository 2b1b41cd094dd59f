package org.findthelady.discover;

import java.util.Arrays;

/**
 * Rows of few numbers, whose size tells as much as their direction: every column is replaced by its
 * ranks, so that no single row outweighs the others.
 */
final class NarrowRows {
  /** Numbers of a row up to which rows are looked at in this way. */
  static final int MOST_WIDTH = 16;

  private final double[] a;
  private final double[] b;
  private final int rows;
  private final int width;
  private final double squares;
  private final double rank;

  NarrowRows(RowReader.Rows pair) {
    this.rows = pair.rows();
    this.width = pair.width();
    this.a = ranks(pair.a(), rows, width);
    this.b = ranks(pair.b(), rows, width);
    double sum = 0;
    double sumSquares = 0;
    double[] ofA = products(a);
    double[] ofB = products(b);
    for (int k = 0; k < ofA.length; k++) {
      sum += k % (width + 1) == 0 ? Math.sqrt(ofA[k] * ofB[k]) : 0;
      sumSquares += ofA[k] * ofB[k];
    }
    this.squares = Math.max(0, sumSquares);
    this.rank = sumSquares > 0 ? Math.max(1, sum * sum / sumSquares) : 0;
  }

  /** Logarithm of the probability that a random order of the rows fits as well. */
  double chance(int[] order) {
    if (squares <= 0 || rows < 2) {
      return 0;
    }
    double sum = 0;
    int known = 0;
    for (int i = 0; i < rows; i++) {
      if (order[i] >= 0) {
        known++;
        for (int k = 0; k < width; k++) {
          sum += a[i * width + k] * b[order[i] * width + k];
        }
      }
    }
    double deviations = sum / Math.sqrt(squares / (rows - 1) * known / rows);
    double correlation = deviations / Math.sqrt(rank * (known - 1));
    return Chance.ofCorrelation(correlation, known);
  }

  /** [width x width] sums of products of columns. */
  private double[] products(double[] values) {
    double[] products = new double[width * width];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < width; k++) {
        for (int l = 0; l < width; l++) {
          products[k * width + l] += values[i * width + k] * values[i * width + l];
        }
      }
    }
    return products;
  }

  /** Ranks within each column, around 0; equal numbers share the mean of theirs. */
  private static double[] ranks(float[] values, int rows, int width) {
    double[] ranks = new double[values.length];
    Integer[] places = new Integer[rows];
    for (int k = 0; k < width; k++) {
      int column = k;
      Arrays.setAll(places, i -> i);
      Arrays.sort(
          places, (x, y) -> Float.compare(values[x * width + column], values[y * width + column]));
      int from = 0;
      while (from < rows) {
        float value = values[places[from] * width + k];
        int to = from + 1;
        while (to < rows && values[places[to] * width + k] == value) {
          to++;
        }
        for (int i = from; i < to; i++) {
          ranks[places[i] * width + k] = (from + to - rows) / 2.0;
        }
        from = to;
      }
    }
    return ranks;
  }
}
