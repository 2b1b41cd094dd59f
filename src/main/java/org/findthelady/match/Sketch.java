package org.findthelady.match;

/**
 * Rows folded to a few signed sums (method 3.7). Every column gets a random sign and a sum that it
 * is added to ({@link Buckets}). Products of sketches estimate products of rows.
 *
 * <p>Columns may come in any order: where they lie in reference order is told by their number, so
 * what is permuted is signs, not data.
 */
final class Sketch {
  private static final int FLUSH = 16;

  private final int rows;
  private final int length;
  private final long seed;
  private final float[] sums;
  private final double[] squares;
  private final float[] lanes;
  private final float[] column;
  private Buckets buckets;
  private float[] signs;
  private int[] bucketOf;
  private long signsOf;
  private float[][] byColumn;
  private int pending;
  private double pendingWeight;

  /**
   * @param length sums per row, a multiple of 64
   */
  Sketch(int rows, int length, long seed) {
    this.rows = rows;
    this.length = length;
    this.seed = seed;
    this.sums = new float[Math.multiplyExact(rows, length)];
    this.squares = new double[rows];
    this.lanes = new float[rows];
    this.column = new float[rows];
  }

  /** [rows x length] row-major; complete after {@link #finish}. */
  float[] sums() {
    return sums;
  }

  /** Weighted squared norms of the rows themselves; complete after {@link #finish}. */
  double[] squares() {
    return squares;
  }

  int length() {
    return length;
  }

  /** Where a stream's columns go. */
  Buckets buckets(long stream) {
    if (buckets == null || buckets.stream() != stream) {
      buckets = new Buckets(seed, stream, length);
    }
    return buckets;
  }

  /**
   * Adds one column of all rows.
   *
   * @param stream numbers the member; the same on both sides
   * @param column of the stream, in reference order
   * @param values one for each row, from {@code at} on
   */
  void addColumn(long stream, long column, float[] values, int at, float weight) {
    if (byColumn == null) {
      byColumn = new float[length][rows];
    }
    Buckets buckets = buckets(stream);
    float root = (float) Math.sqrt(weight);
    System.arraycopy(values, at, this.column, 0, rows);
    addSigned(
        buckets.negative(column) ? -root : root, this.column, byColumn[buckets.bucket(column)]);
    if (pending == FLUSH || (pending > 0 && pendingWeight != weight)) {
      flush();
    }
    addSquares(this.column, lanes);
    pendingWeight = weight;
    pending++;
  }

  // Loops of which C2 makes vector code: arrays from their first element on, stores to one of them.
  private static void addSigned(float sign, float[] from, float[] to) {
    for (int i = 0; i < from.length; i++) {
      to[i] += sign * from[i];
    }
  }

  private static void addSquares(float[] from, float[] to) {
    for (int i = 0; i < from.length; i++) {
      to[i] += from[i] * from[i];
    }
  }

  private void flush() {
    for (int row = 0; row < rows; row++) {
      squares[row] += pendingWeight * lanes[row];
      lanes[row] = 0;
    }
    pending = 0;
  }

  /**
   * Adds columns {@code 0 .. columns} of a stream to some rows.
   *
   * @param values [row x column] of rows {@code from .. to}
   */
  void addRows(long stream, int from, int to, float[] values, int columns, float weight) {
    if (!known(stream, columns)) {
      learn(stream, columns);
    }
    float root = (float) Math.sqrt(weight);
    for (int row = from; row < to; row++) {
      int at = (row - from) * columns;
      int base = row * length;
      for (int column = 0; column < columns; column++) {
        sums[base + bucketOf[column]] += root * signs[column] * values[at + column];
      }
      squares[row] += square(values, at, columns) * weight;
    }
  }

  private boolean known(long stream, int columns) {
    return signs != null && signs.length == columns && signsOf == stream;
  }

  private void learn(long stream, int columns) {
    Buckets buckets = buckets(stream);
    signs = new float[columns];
    bucketOf = new int[columns];
    signsOf = stream;
    for (int column = 0; column < columns; column++) {
      signs[column] = buckets.negative(column) ? -1 : 1;
      bucketOf[column] = buckets.bucket(column);
    }
  }

  /** Squared norm of a stretch of values, summed in double precision. */
  static double square(float[] values, int from, int count) {
    double one = 0;
    double two = 0;
    double three = 0;
    double four = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      one += (double) values[from + i] * values[from + i];
      two += (double) values[from + i + 1] * values[from + i + 1];
      three += (double) values[from + i + 2] * values[from + i + 2];
      four += (double) values[from + i + 3] * values[from + i + 3];
    }
    for (; i < count; i++) {
      one += (double) values[from + i] * values[from + i];
    }
    return one + two + three + four;
  }

  /** Ends adding. */
  void finish() {
    flush();
    for (int from = 0; byColumn != null && from < rows; from += 64) {
      for (int sum = 0; sum < length; sum++) {
        for (int row = from; row < Math.min(rows, from + 64); row++) {
          sums[row * length + sum] += byColumn[sum][row];
        }
      }
    }
    byColumn = null;
  }
}
