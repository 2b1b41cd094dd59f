package org.findthelady.match;

import java.util.Arrays;

/** Exact products of chosen pairs of rows, summed up over panels in double precision. */
final class Pairing {
  private final int[] row;
  private final int[] column;
  private final double[] products;

  /** Chooses every pair that is in a list of a row or of a column. */
  Pairing(TopLists rows, TopLists columns) {
    int n = rows.items();
    long[] pairs = new long[n * (rows.length() + columns.length())];
    int count = 0;
    for (int i = 0; i < n; i++) {
      for (int rank = 0; rank < rows.length(); rank++) {
        if (rows.index(i, rank) >= 0) {
          pairs[count++] = ((long) i << 32) | rows.index(i, rank);
        }
      }
      for (int rank = 0; rank < columns.length(); rank++) {
        if (columns.index(i, rank) >= 0) {
          pairs[count++] = ((long) columns.index(i, rank) << 32) | i;
        }
      }
    }
    long[] distinct = Arrays.stream(pairs, 0, count).sorted().distinct().toArray();
    this.row = Arrays.stream(distinct).mapToInt(pair -> (int) (pair >>> 32)).toArray();
    this.column = Arrays.stream(distinct).mapToInt(pair -> (int) pair).toArray();
    this.products = new double[distinct.length];
  }

  /** Receives the pairs. */
  interface Sink {
    void accept(int row, int column, double product);
  }

  void forEach(Sink sink) {
    for (int p = 0; p < products.length; p++) {
      sink.accept(row[p], column[p], products[p]);
    }
  }

  void add(float[] a, float[] b, int rows, int columns, boolean byColumn, double weight) {
    if (!byColumn) {
      for (int p = 0; p < products.length; p++) {
        products[p] += weight * product(a, row[p] * columns, b, column[p] * columns, columns);
      }
      return;
    }
    for (int c = 0; c < columns; c++) {
      int base = c * rows;
      for (int p = 0; p < products.length; p++) {
        products[p] += weight * a[base + row[p]] * b[base + column[p]];
      }
    }
  }

  private static double product(float[] a, int i, float[] b, int j, int count) {
    double one = 0;
    double two = 0;
    double three = 0;
    double four = 0;
    int at = 0;
    for (; at + 3 < count; at += 4) {
      one += (double) a[i + at] * b[j + at];
      two += (double) a[i + at + 1] * b[j + at + 1];
      three += (double) a[i + at + 2] * b[j + at + 2];
      four += (double) a[i + at + 3] * b[j + at + 3];
    }
    for (; at < count; at++) {
      one += (double) a[i + at] * b[j + at];
    }
    return one + two + three + four;
  }
}
