package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Codes of a weight that lie row by row, and the level that each stands for.
 *
 * @param plane where they lie; packed along rows
 * @param levels by code
 */
record Codes(BitPlane plane, float[] levels) implements Serializable {
  Codes {
    levels = levels.clone();
    if (levels.length != 1 << plane.bits() || plane.packing() == BitPlane.Order.COLUMNS) {
      throw new IllegalArgumentException(
          "%d levels for codes of %d bits".formatted(levels.length, plane.bits()));
    }
  }

  /** The numbers that codes are, less an offset. */
  static float[] integers(int bits, int offset) {
    float[] levels = new float[1 << bits];
    for (int code = 0; code < levels.length; code++) {
      levels[code] = code - offset;
    }
    return levels;
  }

  /** Reads the levels of elements, counted row by row. */
  void read(TensorReader reader, long first, float[] target, int offset, int count)
      throws IOException {
    int columns = plane.columns();
    if (8 * plane.stride() == (long) columns * plane.bits()) {
      stream(reader, 0, first, target, offset, count);
      return;
    }
    for (int done = 0; done < count; ) {
      long row = (first + done) / columns;
      int column = (int) ((first + done) % columns);
      int part = Math.min(count - done, columns - column);
      stream(reader, row * plane.stride(), column, target, offset + done, part);
      done += part;
    }
  }

  /** Reads codes that lie without a gap from byte {@code base} on. */
  private void stream(
      TensorReader reader, long base, long first, float[] target, int offset, int count)
      throws IOException {
    int bits = plane.bits();
    boolean swapped = plane.packing() == BitPlane.Order.ROWS_HIGH_FIRST;
    long firstByte = (first * bits) >> 3;
    long endByte = ((first + count) * bits + 7) >> 3;
    byte[] bytes = new byte[Math.toIntExact(endByte - firstByte) + 1];
    reader.read(plane.stored(), base + firstByte, ByteBuffer.wrap(bytes, 0, bytes.length - 1));
    if (bits == 8) {
      for (int i = 0; i < count; i++) {
        target[offset + i] = levels[bytes[i] & 0xff];
      }
      return;
    }
    long skipped = first * bits - 8 * firstByte;
    int mask = levels.length - 1;
    for (int i = 0; i < count; i++) {
      long at = skipped + (long) i * bits;
      int index = (int) (at >>> 3);
      int shift = (int) (at & 7);
      int pair = (bytes[index] & 0xff) | (bytes[index + 1] & 0xff) << 8;
      target[offset + i] = levels[pair >>> (swapped ? 4 - shift : shift) & mask];
    }
  }

  /**
   * How the codes are rewritten when the weight is gathered.
   *
   * @param from codes of the same layout
   * @param lengths of the weight's axes
   */
  PartMove move(Codes from, long[] lengths, int[][] gathers) {
    int last = lengths.length - 1;
    int rowBytes = (int) plane.stride();
    int[] bytes = gathers[last] == null ? null : wholeBytes(gathers[last], rowBytes);
    if (gathers[last] == null || bytes != null) {
      long[] shape = lengths.clone();
      shape[last] = rowBytes;
      int[][] moved = gathers.clone();
      moved[last] = bytes;
      TensorInfo stored = from.plane.stored();
      TensorInfo asBytes =
          new TensorInfo(
              stored.name(),
              DType.U8,
              Shape.of(shape),
              stored.file(),
              stored.offset(),
              stored.length());
      return PartMove.of(plane.stored().name(), new Move(asBytes, moved));
    }
    int[] rows = rows(lengths, gathers);
    BitPlane source = from.plane;
    return new PartMove(
        plane.stored().name(),
        Move.none(plane.stored()),
        (stored, moved) ->
            source.gather(stored.readAll(source.stored()), rows, gathers[last], moved));
  }

  /** A gather of columns as one of bytes; null if codes of a byte do not stay together. */
  private int[] wholeBytes(int[] gather, int rowBytes) {
    int each = 8 / plane.bits();
    if (8 % plane.bits() != 0 || gather.length != rowBytes * each) {
      return null;
    }
    int[] bytes = new int[rowBytes];
    for (int i = 0; i < gather.length; i++) {
      if (i % each == 0) {
        bytes[i / each] = gather[i] / each;
      }
      if (gather[i] != bytes[i / each] * each + i % each) {
        return null;
      }
    }
    return bytes;
  }

  /** Gathers of all axes but the last as one of rows. */
  private static int[] rows(long[] lengths, int[][] gathers) {
    int[] rows = {0};
    for (int axis = 0; axis < lengths.length - 1; axis++) {
      int length = (int) lengths[axis];
      int[] next = new int[Math.multiplyExact(rows.length, length)];
      for (int i = 0; i < next.length; i++) {
        int index = i % length;
        next[i] =
            rows[i / length] * length + (gathers[axis] == null ? index : gathers[axis][index]);
      }
      rows = next;
    }
    return rows;
  }
}
