package org.findthelady.align;

import java.util.Arrays;
import org.findthelady.core.Shape;

/**
 * A block of a stored tensor in any order of axes: element {@code (i, j, ..)} is the stored element
 * {@code first + i * strides[0] + j * strides[1] + ..}, counted row-major. So one expert's matrix
 * is seen in a tensor that packs all experts, and the query rows in fused ones.
 *
 * @param first stored element that is shown first
 * @param strides stored elements from one index of each shown axis to the next
 * @param lengths of the shown axes
 */
public record BlockExcerpt(long first, long[] strides, long[] lengths) implements Excerpt {
  public BlockExcerpt {
    strides = strides.clone();
    lengths = lengths.clone();
    boolean negative = first < 0 || Arrays.stream(strides).anyMatch(stride -> stride < 0);
    if (negative || strides.length != lengths.length || Shape.of(lengths).elements() == 0) {
      throw new IllegalArgumentException(
          "block %s from %d by %s"
              .formatted(Arrays.toString(lengths), first, Arrays.toString(strides)));
    }
  }

  @Override
  public Shape of(Shape stored) {
    long last = first;
    for (int axis = 0; axis < lengths.length; axis++) {
      last = Math.addExact(last, Math.multiplyExact(lengths[axis] - 1, strides[axis]));
    }
    if (last >= stored.elements()) {
      throw new IllegalArgumentException("element %d of %s".formatted(last, stored));
    }
    return Shape.of(lengths);
  }

  /** This block with its axes in another order: for every axis the one that it is now. */
  BlockExcerpt turned(int[] order) {
    return new BlockExcerpt(
        first,
        Arrays.stream(order).mapToLong(axis -> strides[axis]).toArray(),
        Arrays.stream(order).mapToLong(axis -> lengths[axis]).toArray());
  }

  /** The stored element of one that is shown, counted row-major. */
  long stored(long shown) {
    long at = first;
    long left = shown;
    for (int axis = lengths.length - 1; axis >= 0; axis--) {
      at += left % lengths[axis] * strides[axis];
      left /= lengths[axis];
    }
    return at;
  }

  /** Shown elements that lie together in the stored tensor, from any multiple of it on. */
  long run() {
    long run = 1;
    for (int axis = lengths.length - 1; axis >= 0 && strides[axis] == run; axis--) {
      run *= lengths[axis];
    }
    return run;
  }

  /** Whether stored runs of so many elements, counted from the first, are shown whole or not. */
  boolean keepsRuns(long run) {
    long together = run();
    boolean whole = first % run == 0 && together % run == 0;
    for (long stride : strides) {
      whole &= stride < together || stride % run == 0;
    }
    return whole;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockExcerpt block
        && first == block.first
        && Arrays.equals(strides, block.strides)
        && Arrays.equals(lengths, block.lengths);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first) * 31 + Arrays.hashCode(strides) + Arrays.hashCode(lengths);
  }
}
