package org.findthelady.match.kernel;

/**
 * Rows folded to a few signed sums (method 3.7). Columns are taken in blocks of {@code length};
 * each block is rotated at random and every column gets a random sign, from keys of its position in
 * reference order, before blocks are added up. Products of sketches estimate products of rows.
 *
 * <p>Columns may come in any order: where they lie in reference order is told by their number, so
 * what is permuted is signs, not data.
 */
public final class Sketch {
  private static final int FLUSH = 16;

  private final int rows;
  private final int length;
  private final long seed;
  private final float[] sums;
  private final double[] squares;
  private final float[] lanes;
  private final float[] column;
  private float[][] byColumn;
  private int pending;
  private double pendingWeight;

  public Sketch(int rows, int length, long seed) {
    this.rows = rows;
    this.length = length;
    this.seed = seed;
    this.sums = new float[Math.multiplyExact(rows, length)];
    this.squares = new double[rows];
    this.lanes = new float[rows];
    this.column = new float[rows];
  }

  /** [rows x length] row-major; complete after {@link #finish}. */
  public float[] sums() {
    return sums;
  }

  /** Weighted squared norms of the rows themselves; complete after {@link #finish}. */
  public double[] squares() {
    return squares;
  }

  int length() {
    return length;
  }

  private int turn(long stream, long block) {
    return (int) ((PositionHash.key(seed, 2 * stream + 1, block) >>> 33) % length);
  }

  private long signs(long stream, long word) {
    return PositionHash.key(seed, 2 * stream, word);
  }

  /**
   * Adds one column of all rows.
   *
   * @param stream numbers the member; the same on both sides
   * @param column of the stream, in reference order
   * @param values one for each row, from {@code at} on
   */
  public void addColumn(long stream, long column, float[] values, int at, float weight) {
    if (byColumn == null) {
      byColumn = new float[length][rows];
    }
    boolean negative = (signs(stream, column >>> 6) >>> (column & 63) & 1) != 0;
    float root = (float) Math.sqrt(weight);
    int bucket = (int) ((column + turn(stream, column / length)) % length);
    System.arraycopy(values, at, this.column, 0, rows);
    addSigned(negative ? -root : root, this.column, byColumn[bucket]);
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
  public void addRows(long stream, int from, int to, float[] values, int columns, float weight) {
    float[] signs = new float[columns];
    float root = (float) Math.sqrt(weight);
    for (int at = 0; at < columns; at += 64) {
      long bits = signs(stream, at >>> 6);
      for (int bit = 0; bit < Math.min(64, columns - at); bit++) {
        signs[at + bit] = (bits >>> bit & 1) == 0 ? root : -root;
      }
    }
    int[] turns = new int[(columns + length - 1) / length];
    for (int block = 0; block < turns.length; block++) {
      turns[block] = turn(stream, block);
    }
    for (int row = from; row < to; row++) {
      int at = (row - from) * columns;
      int base = row * length;
      for (int block = 0; block < turns.length; block++) {
        int first = block * length;
        int count = Math.min(length, columns - first);
        int before = Math.min(count, length - turns[block]);
        fold(values, at + first, signs, first, base + turns[block], before);
        fold(values, at + first + before, signs, first + before, base, count - before);
      }
      squares[row] += square(values, at, columns) * weight;
    }
  }

  private void fold(float[] values, int from, float[] signs, int sign, int to, int count) {
    for (int i = 0; i < count; i++) {
      sums[to + i] += signs[sign + i] * values[from + i];
    }
  }

  /** Squared norm of a stretch of values, summed in double precision. */
  public static double square(float[] values, int from, int count) {
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
  public void finish() {
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
