package org.findthelady.match;

/**
 * How a row of a stream is folded: in steps of two pieces, one of each block of a run, that go to
 * the same sums, the second with its halves changed. The columns are rounded up to whole runs; a
 * run is of a multiple of four steps.
 */
final class RowSteps {
  /** Bytes of a piece. */
  static final int BYTES = 2 * Buckets.PIECE;

  private final Buckets buckets;
  private final int columns;

  /** For every step the byte, of the row, where its first piece begins. */
  final int[] first;

  /** Likewise, of its second piece. */
  final int[] second;

  /**
   * Where the even and the odd columns of the first piece go: [even: length, odd: length], not yet
   * wrapped.
   */
  final int[] even;

  final int[] odd;

  /** [step x piece x byte]: the sign bits of columns that are subtracted. */
  final byte[] flips;

  /** For every step a group of sums. */
  final float[] partial;

  RowSteps(Buckets buckets, int columns) {
    this.buckets = buckets;
    this.columns = columns;
    int length = buckets.length();
    int pieces = length / Buckets.PIECE;
    int runs = Math.toIntExact(((long) columns + runColumns() - 1) / runColumns());
    int steps = Math.multiplyExact(runs, pieces);
    int[][] starts = new int[Buckets.RUN][steps];
    this.even = new int[steps];
    this.odd = new int[steps];
    this.flips = new byte[Math.multiplyExact(steps, Buckets.RUN * BYTES)];
    this.partial = new float[steps * Buckets.PIECE / 2];
    for (int step = 0; step < steps; step++) {
      int run = step / pieces;
      int turn = buckets.turn(run);
      int to = turn / 2 + step % pieces * (Buckets.PIECE / 2);
      even[step] = turn % 2 * length + to;
      odd[step] = (1 - turn % 2) * length + to;
      for (int block = 0; block < Buckets.RUN; block++) {
        int piece = (step % pieces - block * buckets.shift(run) + pieces) % pieces;
        int column = (run * Buckets.RUN + block) * length + piece * Buckets.PIECE;
        starts[block][step] = Math.multiplyExact(2, column);
        for (int x = 0; x < Buckets.PIECE; x++) {
          if (buckets.negative(column + x)) {
            flips[(step * Buckets.RUN + block) * BYTES + 2 * x + 1] = (byte) 0x80;
          }
        }
      }
    }
    this.first = starts[0];
    this.second = starts[1];
  }

  boolean are(Buckets other, int otherColumns) {
    return columns == otherColumns && buckets.equals(other);
  }

  /** Columns of a run. */
  int runColumns() {
    return Buckets.RUN * buckets.length();
  }

  /** Columns of all whole runs. */
  int wholeColumns() {
    return columns / runColumns() * runColumns();
  }

  int steps() {
    return first.length;
  }

  /** Steps of all whole runs. */
  int wholeSteps() {
    return wholeColumns() / (Buckets.RUN * Buckets.PIECE);
  }
}
