package org.findthelady.discover;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.core.Shape;

/**
 * Reads the slices of a tensor along one axis as rows, the other axes put in reference order. Of
 * long rows a sample is read: the same numbers of both sides.
 */
final class RowReader {
  /** Numbers that are read at once. */
  private static final int CHUNK = 1 << 20;

  /** Numbers of a row at most. */
  static final int MOST_WIDTH = 2048;

  /** Numbers of a row at least, however many rows there are. */
  private static final int LEAST_WIDTH = 64;

  /** Numbers of all rows of one side. */
  private static final long MOST_NUMBERS = 1 << 22;

  /** Odd and without a pattern in its bits: spreads the sample over its steps. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  private final PairedTensors tensors;

  RowReader(PairedTensors tensors) {
    this.tensors = tensors;
  }

  /**
   * The rows of both sides.
   *
   * @param a of the reference, [rows x width]
   * @param b of the suspect, its rows in its own order
   */
  record Rows(float[] a, float[] b, int rows, int width) {}

  /**
   * Reads.
   *
   * @param sources for every axis what each place of the reference is in the suspect, -1 where that
   *     is not known; null for an axis whose places stay. The entry of {@code axis} is ignored
   * @param mostWidth numbers of a row at most
   */
  Rows read(String tensor, int axis, int[][] sources, int mostWidth) throws IOException {
    Shape shape = tensors.shape(tensor);
    int rows = shape.intLength(axis);
    long[] sample = sample(shape, axis, sources, mostWidth);
    float[] a = new float[Math.multiplyExact(rows, sample.length)];
    float[] b = new float[a.length];
    read(false, tensor, axis, sample, a);
    read(true, tensor, axis, moved(shape, axis, sample, sources), b);
    return new Rows(a, b, rows, sample.length);
  }

  /** Offsets of the chosen numbers in the first slice, rising. */
  private static long[] sample(Shape shape, int axis, int[][] sources, int mostWidth) {
    long rows = shape.length(axis);
    long across = shape.elements() / rows;
    int width =
        (int) Math.min(across, Math.max(LEAST_WIDTH, Math.min(mostWidth, MOST_NUMBERS / rows)));
    long[] strides = strides(shape);
    long[] offsets = new long[width];
    int kept = 0;
    int[] place = new int[shape.rank()];
    for (int k = 0; k < width; k++) {
      long from = k * across / width;
      long step = Math.max(1, (k + 1) * across / width - from);
      long index = from + (((k * SCATTER) >>> 20) % step);
      boolean known = true;
      long offset = 0;
      for (int other = shape.rank() - 1; other >= 0; other--) {
        if (other == axis) {
          continue;
        }
        place[other] = (int) (index % shape.length(other));
        index /= shape.length(other);
        offset += place[other] * strides[other];
        known &= sources[other] == null || sources[other][place[other]] >= 0;
      }
      if (known) {
        offsets[kept++] = offset;
      }
    }
    return Arrays.copyOf(offsets, kept);
  }

  private static long[] moved(Shape shape, int axis, long[] sample, int[][] sources) {
    long[] strides = strides(shape);
    long[] moved = new long[sample.length];
    for (int k = 0; k < sample.length; k++) {
      for (int other = 0; other < shape.rank(); other++) {
        if (other != axis) {
          int place = (int) (sample[k] / strides[other] % shape.length(other));
          moved[k] += strides[other] * (sources[other] == null ? place : sources[other][place]);
        }
      }
    }
    return moved;
  }

  static long[] strides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, Math.max(1, shape.length(axis)));
    }
    return strides;
  }

  private void read(boolean ofSuspect, String tensor, int axis, long[] offsets, float[] target)
      throws IOException {
    Shape shape = tensors.shape(tensor);
    int rows = shape.intLength(axis);
    long inner = strides(shape)[axis];
    float[] whole = tensors.whole(ofSuspect, tensor);
    if (whole != null) {
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < offsets.length; k++) {
          target[i * offsets.length + k] = whole[(int) (offsets[k] + i * inner)];
        }
      }
      return;
    }
    Integer[] sorted = new Integer[offsets.length];
    Arrays.setAll(sorted, k -> k);
    Arrays.sort(sorted, (x, y) -> Long.compare(offsets[x], offsets[y]));
    int from = 0;
    while (from < sorted.length) {
      long block = offsets[sorted[from]] / inner / rows;
      int to = from + 1;
      while (to < sorted.length && offsets[sorted[to]] / inner / rows == block) {
        to++;
      }
      Integer[] some = Arrays.copyOfRange(sorted, from, to);
      if (rows * inner <= CHUNK) {
        readBlock(
            ofSuspect, tensor, block * rows * inner, rows, (int) inner, some, offsets, target);
      } else {
        for (int i = 0; i < rows; i++) {
          readRow(ofSuspect, tensor, i, inner, some, offsets, target);
        }
      }
      from = to;
    }
  }

  /** All rows of a block that fits in memory at once. */
  private void readBlock(
      boolean ofSuspect,
      String tensor,
      long first,
      int rows,
      int inner,
      Integer[] some,
      long[] offsets,
      float[] target)
      throws IOException {
    float[] block = new float[rows * inner];
    tensors.read(ofSuspect, tensor, first, block, 0, block.length);
    for (int k : some) {
      int at = (int) (offsets[k] % inner);
      for (int i = 0; i < rows; i++) {
        target[i * offsets.length + k] = block[at + i * inner];
      }
    }
  }

  /** The wanted numbers of one row, in stretches that fit in memory. */
  private void readRow(
      boolean ofSuspect,
      String tensor,
      int row,
      long inner,
      Integer[] some,
      long[] offsets,
      float[] target)
      throws IOException {
    int from = 0;
    while (from < some.length) {
      long first = offsets[some[from]];
      int to = from + 1;
      while (to < some.length && offsets[some[to]] - first < CHUNK) {
        to++;
      }
      float[] stretch = new float[(int) (offsets[some[to - 1]] - first + 1)];
      tensors.read(ofSuspect, tensor, first + row * inner, stretch, 0, stretch.length);
      for (int at = from; at < to; at++) {
        int k = some[at];
        target[row * offsets.length + k] = stretch[(int) (offsets[k] - first)];
      }
      from = to;
    }
  }
}
