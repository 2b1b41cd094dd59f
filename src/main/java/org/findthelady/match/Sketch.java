package org.findthelady.match;

import java.util.SplittableRandom;

/**
 * Rows folded to a few signed sums (method 3.7). Columns are taken in blocks of {@code length};
 * each block is rotated at random and every column gets a random sign, from keys of its position in
 * reference order, before blocks are added up. Products of sketches estimate products of rows.
 */
final class Sketch {
  private final int rows;
  private final int length;
  private final long seed;
  private final float[] sums;
  private final double[] squares;
  private float[] signs = new float[0];

  Sketch(int rows, int length, long seed) {
    this.rows = rows;
    this.length = length;
    this.seed = seed;
    this.sums = new float[Math.multiplyExact(rows, length)];
    this.squares = new double[rows];
  }

  /** [rows x length] row-major. */
  float[] sums() {
    return sums;
  }

  /** Weighted squared norms of the rows themselves. */
  double[] squares() {
    return squares;
  }

  int length() {
    return length;
  }

  /**
   * Adds columns.
   *
   * @param panel [row x column], or [column x row] if {@code byColumn}
   * @param block number of this panel among all panels; both sides must number alike
   */
  void add(float[] panel, int columns, boolean byColumn, float weight, long block) {
    SplittableRandom random = new SplittableRandom(Keys.key(seed, length, block));
    if (signs.length < columns) {
      signs = new float[columns];
    }
    float root = (float) Math.sqrt(weight);
    int[] turns = new int[(columns + length - 1) / length];
    for (int turn = 0; turn < turns.length; turn++) {
      turns[turn] = random.nextInt(length);
    }
    for (int at = 0; at < columns; at += 64) {
      long bits = random.nextLong();
      for (int bit = 0; bit < Math.min(64, columns - at); bit++) {
        signs[at + bit] = (bits >>> bit & 1) == 0 ? root : -root;
      }
    }
    if (byColumn) {
      addByColumn(panel, columns, turns);
    } else {
      addByRow(panel, columns, turns);
    }
  }

  private void addByRow(float[] panel, int columns, int[] turns) {
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      int to = row * length;
      for (int turn = 0; turn < turns.length; turn++) {
        int first = turn * length;
        int count = Math.min(length, columns - first);
        int before = Math.min(count, length - turns[turn]);
        fold(panel, from + first, first, to + turns[turn], before);
        fold(panel, from + first + before, first + before, to, count - before);
      }
      squares[row] += square(panel, from, columns) * signs[0] * signs[0];
    }
  }

  private void fold(float[] panel, int from, int sign, int to, int count) {
    for (int i = 0; i < count; i++) {
      sums[to + i] += signs[sign + i] * panel[from + i];
    }
  }

  private static double square(float[] panel, int from, int count) {
    double one = 0;
    double two = 0;
    double three = 0;
    double four = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      one += (double) panel[from + i] * panel[from + i];
      two += (double) panel[from + i + 1] * panel[from + i + 1];
      three += (double) panel[from + i + 2] * panel[from + i + 2];
      four += (double) panel[from + i + 3] * panel[from + i + 3];
    }
    for (; i < count; i++) {
      one += (double) panel[from + i] * panel[from + i];
    }
    return one + two + three + four;
  }

  private void addByColumn(float[] panel, int columns, int[] turns) {
    float[] folded = new float[Math.multiplyExact(length, rows)];
    double weight = (double) signs[0] * signs[0];
    for (int column = 0; column < columns; column++) {
      int bucket = (column % length + turns[column / length]) % length * rows;
      int from = column * rows;
      float sign = signs[column];
      for (int row = 0; row < rows; row++) {
        folded[bucket + row] += sign * panel[from + row];
      }
      for (int row = 0; row < rows; row++) {
        double value = panel[from + row];
        squares[row] += weight * (value * value);
      }
    }
    for (int row = 0; row < rows; row++) {
      for (int sum = 0; sum < length; sum++) {
        sums[row * length + sum] += folded[sum * rows + row];
      }
    }
  }
}
