package org.findthelady.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UnitGather;

/**
 * A move reduced to its simplest equal form: axes that stay are merged with their neighbors, and
 * whatever lies behind the last axis that moves is one unit of bytes. Bytes are copied, never
 * computed.
 *
 * <p>Invariants: the last axis moves; no two neighboring axes stay; every axis is longer than 1.
 */
final class TensorGather {
  private final long[] lengths;
  private final int[][] gathers;
  private final long[] strides;
  private final long unitBytes;
  private final UnitGather units;

  private TensorGather(long[] lengths, int[][] gathers, long unitBytes) {
    this.lengths = lengths;
    this.gathers = gathers;
    this.unitBytes = unitBytes;
    this.strides = new long[lengths.length];
    long stride = unitBytes;
    for (int axis = lengths.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, lengths[axis]);
    }
    int[] last = lengths.length == 0 ? null : gathers[lengths.length - 1];
    boolean inRuns = last == null || !UnitGather.fits(unitBytes) || meanRun(last) >= 8;
    this.units = inRuns ? null : new UnitGather(last, (int) unitBytes);
  }

  /**
   * Reduces a move.
   *
   * @throws CheckpointException with UNSUPPORTED if a block of a quantised type would be split
   * @throws IllegalArgumentException if the gathers do not fit the tensor's shape
   */
  static TensorGather of(Move move) {
    TensorInfo tensor = move.source();
    Shape shape = tensor.shape();
    int[][] gathers = checked(tensor, move.gathers());
    long[] lengths = shape.toArray();
    if (Arrays.stream(gathers).allMatch(gather -> gather == null) || tensor.length() == 0) {
      return new TensorGather(new long[0], new int[0][], tensor.length());
    }
    inBlocks(tensor, lengths, gathers);
    List<Long> keptLengths = new ArrayList<>();
    List<int[]> keptGathers = new ArrayList<>();
    long unitBytes = tensor.dtype().blockBytes();
    for (int axis = lengths.length - 1; axis >= 0; axis--) {
      if (gathers[axis] != null) {
        keptLengths.add(0, lengths[axis]);
        keptGathers.add(0, gathers[axis]);
      } else if (keptLengths.isEmpty()) {
        unitBytes = Math.multiplyExact(unitBytes, lengths[axis]);
      } else if (keptGathers.get(0) == null) {
        keptLengths.set(0, Math.multiplyExact(keptLengths.get(0), lengths[axis]));
      } else if (lengths[axis] > 1) {
        keptLengths.add(0, lengths[axis]);
        keptGathers.add(0, null);
      }
    }
    return new TensorGather(
        keptLengths.stream().mapToLong(l -> l).toArray(),
        keptGathers.toArray(int[][]::new),
        unitBytes);
  }

  /** Axes of the reduced form. */
  int rank() {
    return lengths.length;
  }

  long length(int axis) {
    return lengths[axis];
  }

  /** Bytes from one index of the axis to the next; of the whole unit behind the last axis. */
  long rowBytes(int axis) {
    return axis == lengths.length ? unitBytes : strides[axis];
  }

  /** Whether nothing moves on the axis. */
  boolean stays(int axis) {
    return gathers[axis] == null;
  }

  /** The input index that an output index of the axis takes from. */
  long source(int axis, long index) {
    return gathers[axis] == null ? index : gathers[axis][Math.toIntExact(index)];
  }

  /**
   * Permutes the axes from {@code axis} on.
   *
   * @param from packed input; {@code rowBytes(axis - 1)} bytes at {@code fromOffset} are read
   * @param to receives as many bytes at {@code toOffset}
   */
  void apply(int axis, byte[] from, int fromOffset, byte[] to, int toOffset) {
    if (axis == lengths.length) {
      System.arraycopy(from, fromOffset, to, toOffset, (int) unitBytes);
      return;
    }
    int[] gather = gathers[axis];
    if (axis == lengths.length - 1) {
      if (units == null) {
        gatherRuns(gather, from, fromOffset, to, toOffset);
      } else {
        units.apply(from, fromOffset, to, toOffset);
      }
      return;
    }
    int stride = (int) strides[axis];
    for (int i = 0; i < lengths[axis]; i++) {
      int source = gather == null ? i : gather[i];
      apply(axis + 1, from, fromOffset + source * stride, to, toOffset + i * stride);
    }
  }

  private void gatherRuns(int[] gather, byte[] from, int fromOffset, byte[] to, int toOffset) {
    int unit = (int) unitBytes;
    int start = 0;
    while (start < gather.length) {
      int end = start + 1;
      while (end < gather.length && gather[end] == gather[end - 1] + 1) {
        end++;
      }
      System.arraycopy(
          from,
          fromOffset + gather[start] * unit,
          to,
          toOffset + start * unit,
          (end - start) * unit);
      start = end;
    }
  }

  private static int meanRun(int[] gather) {
    int runs = 1;
    for (int i = 1; i < gather.length; i++) {
      runs += gather[i] == gather[i - 1] + 1 ? 0 : 1;
    }
    return gather.length / runs;
  }

  private static int[][] checked(TensorInfo tensor, int[][] gathers) {
    Shape shape = tensor.shape();
    if (gathers.length != shape.rank()) {
      throw new IllegalArgumentException(
          "Tensor '%s': %d gathers for shape %s".formatted(tensor.name(), gathers.length, shape));
    }
    int[][] kept = new int[gathers.length][];
    for (int axis = 0; axis < gathers.length; axis++) {
      if (gathers[axis] != null && movesAnything(tensor, axis, gathers[axis])) {
        kept[axis] = gathers[axis];
      }
    }
    return kept;
  }

  private static boolean movesAnything(TensorInfo tensor, int axis, int[] gather) {
    long length = tensor.shape().length(axis);
    boolean moves = gather.length != length;
    boolean inside = !moves;
    for (int i = 0; i < gather.length; i++) {
      inside &= gather[i] >= 0 && gather[i] < length;
      moves |= gather[i] != i;
    }
    if (!inside) {
      throw new IllegalArgumentException(
          "Tensor '%s': gather of %d indices does not fit axis %d of shape %s"
              .formatted(tensor.name(), gather.length, axis, tensor.shape()));
    }
    return moves;
  }

  /** Counts the last axis in blocks instead of elements. */
  private static void inBlocks(TensorInfo tensor, long[] lengths, int[][] gathers) {
    int block = tensor.dtype().blockElements();
    if (block == 1) {
      return;
    }
    int last = lengths.length - 1;
    if (lengths[last] % block != 0) {
      throw split(tensor, "rows of " + lengths[last] + " elements share");
    }
    lengths[last] /= block;
    int[] gather = gathers[last];
    if (gather == null) {
      return;
    }
    int[] blocks = new int[(int) lengths[last]];
    for (int i = 0; i < gather.length; i++) {
      int first = gather[i - i % block];
      if (first % block != 0 || gather[i] != first + i % block) {
        throw split(tensor, "the move of axis " + last + " would split");
      }
      blocks[i / block] = first / block;
    }
    gathers[last] = blocks;
  }

  private static CheckpointException split(TensorInfo tensor, String what) {
    DType dtype = tensor.dtype();
    return new CheckpointException(
        Reason.UNSUPPORTED,
        "Tensor '%s': %s blocks of %d elements of %s, which can only move whole"
            .formatted(tensor.name(), what, dtype.blockElements(), dtype));
  }
}
