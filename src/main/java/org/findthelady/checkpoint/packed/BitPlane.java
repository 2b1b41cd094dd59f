package org.findthelady.checkpoint.packed;

import java.io.Serializable;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A matrix of codes of a few bits, packed without gaps along one axis: a line of codes is a stream
 * of bits, the lowest bit of the first byte first. Lines along the first axis lie in columns of
 * 32-bit words.
 *
 * @param stored the tensor with the bytes
 * @param rows of the matrix
 * @param columns of the matrix
 * @param bits of a code, 1 to 8
 * @param packing along which axis, and in what order within a word
 */
record BitPlane(TensorInfo stored, int rows, int columns, int bits, Order packing)
    implements Serializable {
  /** Bits of a word of columns. */
  private static final int WORD = 32;

  /** Along which axis codes share bytes, and in what order. */
  enum Order {
    /** Along rows of the matrix, first code lowest. */
    ROWS,
    /** Along rows, two codes of 4 bits to a byte, the first one highest. */
    ROWS_HIGH_FIRST,
    /** Along rows, eight codes of 4 bits to a word: first the even ones of the eight. */
    ROWS_EVEN_FIRST,
    /** Along columns of the matrix, in words of 32 bits. */
    COLUMNS
  }

  private static final int[] EVEN_FIRST = {0, 4, 1, 5, 2, 6, 3, 7};

  BitPlane {
    boolean four = packing == Order.ROWS || packing == Order.COLUMNS || bits == 4;
    if (bits < 1 || bits > 8 || !four || stored.length() < length(rows, columns, bits, packing)) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "Tensor '%s': %d bytes for %d x %d codes of %d bits"
              .formatted(stored.name(), stored.length(), rows, columns, bits));
    }
  }

  private static long length(int rows, int columns, int bits, Order packing) {
    return packing == Order.COLUMNS
        ? Math.multiplyExact(words(rows, bits), 4L * columns)
        : Math.multiplyExact((long) rows, lineBytes(columns, bits, packing));
  }

  private static long words(long codes, int bits) {
    return (codes * bits + WORD - 1) / WORD;
  }

  private static long lineBytes(long codes, int bits, Order packing) {
    return packing == Order.ROWS_EVEN_FIRST ? 4 * words(codes, bits) : (codes * bits + 7) / 8;
  }

  /** Bytes of one stored row; of a packed row of the matrix where rows are packed. */
  long stride() {
    return packing == Order.COLUMNS ? 4L * columns : stored.length() / Math.max(1, rows);
  }

  /**
   * One code.
   *
   * @param bytes all of the stored tensor
   */
  int code(byte[] bytes, int row, int column) {
    long at = bit(row, column);
    int index = (int) (at >>> 3);
    int shift = (int) (at & 7);
    int value = (bytes[index] & 0xff) >>> shift;
    if (shift + bits > 8) {
      value |= (bytes[next(index)] & 0xff) << (8 - shift);
    }
    return value & ((1 << bits) - 1);
  }

  /** Writes one code into bytes that are zero there. */
  private void put(byte[] bytes, int row, int column, int code) {
    long at = bit(row, column);
    int index = (int) (at >>> 3);
    int shift = (int) (at & 7);
    bytes[index] |= (byte) (code << shift);
    if (shift + bits > 8) {
      bytes[next(index)] |= (byte) (code >>> (8 - shift));
    }
  }

  /** The byte that continues a line. */
  private int next(int index) {
    return packing == Order.COLUMNS && (index & 3) == 3
        ? Math.toIntExact(index + stride() - 3)
        : index + 1;
  }

  private long bit(int row, int column) {
    return switch (packing) {
      case ROWS -> 8 * stride() * row + (long) column * bits;
      case ROWS_HIGH_FIRST -> 8 * stride() * row + (column ^ 1) * 4L;
      case ROWS_EVEN_FIRST -> 8 * stride() * row + (column / 8 * 8 + EVEN_FIRST[column % 8]) * 4L;
      case COLUMNS -> {
        long line = (long) row * bits;
        yield 8 * (line / WORD * stride() + 4L * column) + line % WORD;
      }
    };
  }

  /** Replaces the bytes of a matrix of this layout. */
  void gather(byte[] bytes, int[] rowGather, int[] columnGather, byte[] target) {
    System.arraycopy(gathered(bytes, rowGather, columnGather), 0, target, 0, target.length);
  }

  /**
   * The bytes of the moved matrix.
   *
   * @param bytes of the matrix as it is
   * @param rowGather null where rows stay
   * @param columnGather null where columns stay
   */
  byte[] gathered(byte[] bytes, int[] rowGather, int[] columnGather) {
    byte[] moved = new byte[bytes.length];
    for (int row = 0; row < rows; row++) {
      int fromRow = rowGather == null ? row : rowGather[row];
      for (int column = 0; column < columns; column++) {
        int fromColumn = columnGather == null ? column : columnGather[column];
        put(moved, row, column, code(bytes, fromRow, fromColumn));
      }
    }
    return moved;
  }
}
