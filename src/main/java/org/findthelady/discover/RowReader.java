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

  /** Numbers of a block that is read at once even if few of its rows are wanted. */
  private static final int SMALL_BLOCK = 1 << 16;

  /** Bits of a place in a row. */
  private static final int WIDTH_BITS = 12;

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
    return read(tensor, axis, sources, sample, PlaceAnchors.inPlace(rows), null);
  }

  /**
   * The same of some rows of the reference and the rows of the suspect that a layout names.
   *
   * @param sources as above; the entry of {@code axis} names the suspect's rows
   * @param some places along the axis, all of which the entry knows
   */
  Rows readSome(String tensor, int axis, int[][] sources, int mostWidth, int[] some)
      throws IOException {
    long[] sample = sample(tensors.shape(tensor), axis, sources, mostWidth);
    int[] theirs = some.clone();
    if (sources[axis] != null) {
      Arrays.setAll(theirs, i -> sources[axis][some[i]]);
    }
    return read(tensor, axis, sources, sample, some, theirs);
  }

  /**
   * @param theirs rows of the suspect; null for the same as of the reference
   */
  private Rows read(
      String tensor, int axis, int[][] sources, long[] sample, int[] ours, int[] theirs)
      throws IOException {
    float[] a = new float[Math.multiplyExact(ours.length, sample.length)];
    float[] b = new float[a.length];
    long[] moved = moved(tensors.shape(tensor), axis, sample, sources);
    Both.run(
        a.length,
        () -> read(false, tensor, axis, sample, ours, a),
        () -> read(true, tensor, axis, moved, theirs == null ? ours : theirs, b));
    return new Rows(a, b, ours.length, sample.length);
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

  /**
   * Reads numbers of some rows of one side.
   *
   * @param offsets of the numbers in the first row, in any order
   * @param wanted places of the rows along the axis
   * @param target receives [wanted x offsets]
   */
  private void read(
      boolean ofSuspect, String tensor, int axis, long[] offsets, int[] wanted, float[] target)
      throws IOException {
    Shape shape = tensors.shape(tensor);
    int rows = shape.intLength(axis);
    long inner = strides(shape)[axis];
    float[] whole = tensors.whole(ofSuspect, tensor, touched(shape, axis, offsets, wanted.length));
    if (whole != null) {
      for (int i = 0; i < wanted.length; i++) {
        long first = wanted[i] * inner;
        for (int k = 0; k < offsets.length; k++) {
          target[i * offsets.length + k] = whole[(int) (offsets[k] + first)];
        }
      }
      return;
    }
    int[] sorted = sorted(offsets);
    int from = 0;
    while (from < sorted.length) {
      long block = offsets[sorted[from]] / inner / rows;
      int to = from + 1;
      while (to < sorted.length && offsets[sorted[to]] / inner / rows == block) {
        to++;
      }
      int[] some = Arrays.copyOfRange(sorted, from, to);
      Part part = new Part(ofSuspect, tensor, inner, some, offsets, wanted);
      if (rows * inner <= (wanted.length > rows / 2 ? CHUNK : SMALL_BLOCK)) {
        readBlock(part, block * rows * inner, (int) (rows * inner), target);
      } else {
        readRows(part, target);
      }
      from = to;
    }
  }

  /** About how many numbers are read for a sample by ranges. */
  private static long touched(Shape shape, int axis, long[] offsets, int wanted) {
    long inner = strides(shape)[axis];
    long block = shape.length(axis) * inner;
    long blocks = Math.min(shape.elements() / block, offsets.length);
    return blocks * (inner == 1 ? block : wanted * inner);
  }

  /** Places of the offsets, by rising offset. */
  private static int[] sorted(long[] offsets) {
    long[] keys = new long[offsets.length];
    Arrays.setAll(keys, k -> offsets[k] << WIDTH_BITS | k);
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key & ((1 << WIDTH_BITS) - 1)).toArray();
  }

  /**
   * What is wanted of one block.
   *
   * @param inner numbers from one row to the next
   * @param some places of the wanted offsets, by rising offset
   */
  private record Part(
      boolean ofSuspect, String tensor, long inner, int[] some, long[] offsets, int[] wanted) {}

  /** A block that fits in memory at once. */
  private void readBlock(Part part, long first, int length, float[] target) throws IOException {
    float[] block = new float[length];
    tensors.read(part.ofSuspect(), part.tensor(), first, block, 0, length);
    int inner = (int) part.inner();
    for (int k : part.some()) {
      int at = (int) (part.offsets()[k] % inner);
      for (int i = 0; i < part.wanted().length; i++) {
        target[i * part.offsets().length + k] = block[at + part.wanted()[i] * inner];
      }
    }
  }

  /** The wanted numbers of each row, in stretches that fit in memory. */
  private void readRows(Part part, float[] target) throws IOException {
    int[] some = part.some();
    long[] offsets = part.offsets();
    int from = 0;
    while (from < some.length) {
      long first = offsets[some[from]];
      int to = from + 1;
      while (to < some.length && offsets[some[to]] - first < CHUNK) {
        to++;
      }
      float[] stretch = new float[(int) (offsets[some[to - 1]] - first + 1)];
      for (int i = 0; i < part.wanted().length; i++) {
        long at = first + part.wanted()[i] * part.inner();
        tensors.read(part.ofSuspect(), part.tensor(), at, stretch, 0, stretch.length);
        for (int j = from; j < to; j++) {
          target[i * offsets.length + some[j]] = stretch[(int) (offsets[some[j]] - first)];
        }
      }
      from = to;
    }
  }
}
