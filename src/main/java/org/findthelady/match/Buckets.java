package org.findthelady.match;

/**
 * Where one stream's columns go in a sketch, and with what sign (method 3.7): a function of seed,
 * stream and the column's number in reference order alone.
 *
 * <p>Columns are taken in blocks of {@code length}, two blocks to a run. A block covers every sum
 * once: even columns lie in one half of the sums and odd ones in the other, in order. Every run is
 * rotated by a random amount, and its second block besides by a random number of pieces, with its
 * halves changed: so columns at an even distance in one run never meet.
 *
 * @param length sums per sketch, a multiple of {@value #PIECE} * 4
 */
record Buckets(long seed, long stream, int length) {
  /** Columns that stay together: in order, every second one, in both halves. */
  static final int PIECE = 16;

  /** Blocks that go to the same sums together. */
  static final int RUN = 2;

  Buckets {
    if (length <= 0 || length % (4 * PIECE) != 0) {
      throw new IllegalArgumentException("a sketch of " + length + " sums");
    }
  }

  /** By how many sums a run is rotated; the halves change places where that is odd. */
  int turn(long run) {
    return (int) ((Keys.key(seed, 2 * stream + 1, run) >>> 33) % length);
  }

  /** By how many pieces the second block of a run is rotated besides. */
  int shift(long run) {
    return (int) ((Keys.key(seed, 2 * stream + 1, run) >>> 1) % (length / PIECE));
  }

  /** The sum that a column is added to. */
  int bucket(long column) {
    long run = column / length / RUN;
    int block = (int) (column / length % RUN);
    int place = (int) (column % length);
    int half = length / 2;
    int turn = turn(run);
    int pair = (place / 2 + block * shift(run) * (PIECE / 2) + turn / 2) % half;
    return (place + turn + block) % 2 * half + pair;
  }

  /** Whether a column is subtracted. */
  boolean negative(long column) {
    return (Keys.key(seed, 2 * stream, column >>> 6) >>> (column & 63) & 1) != 0;
  }
}
