package org.findthelady.align;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Which rows of two tables of different lengths hold the same numbers, in whatever order within the
 * row: a vocabulary that was extended, cut or shuffled, its columns shuffled or not.
 */
final class RowKeys {
  private static final int PIECE_ELEMENTS = 1 << 16;

  /**
   * Share of the shorter table's rows that must be found by content; else rows keep their order.
   */
  private static final double FOUND = 0.5;

  private RowKeys() {}

  /**
   * For every row of the longer table that the shorter one holds, in the shorter one's order.
   *
   * @param shorter keys of its rows
   * @param longer likewise
   * @return indices into {@code longer}, as many as {@code shorter} has rows
   */
  static int[] rows(long[] shorter, long[] longer) {
    Map<Long, Integer> places = new HashMap<>();
    for (int row = longer.length - 1; row >= 0; row--) {
      places.put(longer[row], row);
    }
    int[] rows = new int[shorter.length];
    boolean[] used = new boolean[longer.length];
    int found = 0;
    for (int row = 0; row < rows.length; row++) {
      Integer place = shorter[row] == longer[row] ? Integer.valueOf(row) : places.get(shorter[row]);
      rows[row] = place == null || used[place] ? -1 : place;
      if (rows[row] >= 0) {
        used[rows[row]] = true;
        found++;
      }
    }
    int free = 0;
    for (int row = 0; row < rows.length; row++) {
      if (found < FOUND * rows.length) {
        rows[row] = row;
      } else if (rows[row] < 0) {
        boolean own = !used[row];
        while (!own && used[free]) {
          free++;
        }
        rows[row] = own ? row : free;
        used[rows[row]] = true;
      }
    }
    return rows;
  }

  /** A number for every row, the same for rows of the same numbers in any order. Reads it once. */
  static long[] of(TensorReader reader, View view) throws IOException {
    TensorInfo shown = view.shown();
    Shape shape = shown.shape();
    long[] keys = new long[shape.intLength(0)];
    long width = shape.elements(1, shape.rank());
    int size = shown.dtype().blockBytes();
    @SuppressWarnings("resource") // the reader beneath is the caller's
    ViewReader values = new ViewReader(reader, java.util.List.of(view));
    float[] piece = new float[PIECE_ELEMENTS];
    byte[] bytes = new byte[PIECE_ELEMENTS * size];
    for (long first = 0; first < shape.elements(); first += PIECE_ELEMENTS) {
      int count = (int) Math.min(PIECE_ELEMENTS, shape.elements() - first);
      values.read(shown, first * size, ByteBuffer.wrap(bytes, 0, count * size));
      Floats.decode(shown.dtype(), bytes, 0, piece, 0, count);
      for (int i = 0; i < count; i++) {
        keys[(int) ((first + i) / width)] += mixed(Float.floatToIntBits(piece[i] + 0f));
      }
    }
    return keys;
  }

  /** Spreads the bits of a number, so that sums of them tell multisets apart. */
  private static long mixed(int bits) {
    long z = (bits + 1L) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
