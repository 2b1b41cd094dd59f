package org.findthelady.checkpoint.packed;

import java.io.Serializable;
import java.util.Arrays;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * How a weight is cut into blocks that share a scale: every axis into pieces of a length, the last
 * of which may be shorter.
 *
 * @param lengths of the weight's axes, slowest first; at least one
 * @param blocks of each axis, elements in a piece
 */
record Blocks(long[] lengths, long[] blocks) implements Serializable {
  Blocks {
    lengths = lengths.clone();
    blocks = blocks.clone();
    if (lengths.length == 0 || lengths.length != blocks.length) {
      throw new IllegalArgumentException(
          "blocks %s of a weight %s".formatted(Arrays.toString(blocks), Arrays.toString(lengths)));
    }
  }

  /** One block for all. */
  static Blocks whole(Shape shape) {
    long[] lengths = shape.rank() == 0 ? new long[] {1} : shape.toArray();
    return new Blocks(lengths, Arrays.stream(lengths).map(l -> Math.max(1, l)).toArray());
  }

  /** Pieces of an axis. */
  long count(int axis) {
    return (lengths[axis] + blocks[axis] - 1) / blocks[axis];
  }

  /** Blocks of the whole weight. */
  long count() {
    long count = 1;
    for (int axis = 0; axis < lengths.length; axis++) {
      count = Math.multiplyExact(count, count(axis));
    }
    return count;
  }

  /** Elements of the last axis. */
  long columns() {
    return lengths[lengths.length - 1];
  }

  /** Elements of the last axis in a block. */
  long columnBlock() {
    return blocks[blocks.length - 1];
  }

  /** The line of blocks that a row belongs to; rows and lines run over all axes but the last. */
  long line(long row) {
    long rest = row;
    long line = 0;
    long stride = 1;
    for (int axis = lengths.length - 2; axis >= 0; axis--) {
      line += rest % lengths[axis] / blocks[axis] * stride;
      stride *= count(axis);
      rest /= lengths[axis];
    }
    return line;
  }

  /** The lengths of {@link #count(int)}, as the shape of a tensor with one number a block. */
  Shape grid() {
    long[] counts = new long[lengths.length];
    Arrays.setAll(counts, this::count);
    return Shape.of(counts);
  }

  /** Whether both move alike. */
  boolean sameAs(Blocks other) {
    return Arrays.equals(lengths, other.lengths) && Arrays.equals(blocks, other.blocks);
  }

  /**
   * The move of a tensor that holds one number a block, when the weight is gathered.
   *
   * @param from the tensor that numbers are taken from
   * @param weight for errors
   * @throws CheckpointException with UNSUPPORTED if elements of one block would go to several
   */
  Move move(TensorInfo from, int[][] gathers, String weight) {
    return new Move(
        new TensorInfo(
            from.name(), from.dtype(), grid(), from.file(), from.offset(), from.length()),
        gathers(gathers, weight));
  }

  /** Gathers of a weight's axes as gathers of its blocks. */
  int[][] gathers(int[][] gathers, String weight) {
    int[][] moved = new int[lengths.length][];
    for (int axis = 0; axis < lengths.length; axis++) {
      moved[axis] = gathers[axis] == null ? null : gather(axis, gathers[axis], weight);
    }
    return moved;
  }

  private int[] gather(int axis, int[] gather, String weight) {
    int block = Math.toIntExact(Math.min(blocks[axis], lengths[axis]));
    if (block == 1) {
      return gather;
    }
    int[] moved = new int[(int) count(axis)];
    for (int i = 0; i < gather.length; i++) {
      if (i % block == 0) {
        moved[i / block] = gather[i] / block;
      } else if (gather[i] / block != moved[i / block]) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "Tensor '%s': the move of axis %d would part blocks of %d elements that share a scale"
                .formatted(weight, axis, block));
      }
    }
    return moved;
  }
}
