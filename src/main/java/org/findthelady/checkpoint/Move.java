package org.findthelady.checkpoint;

import org.findthelady.core.TensorInfo;

/**
 * How one output tensor is gathered.
 *
 * @param source the input tensor whose elements it takes; same type and shape as the output
 * @param gathers for each axis the input index of every output index, or null where nothing moves
 */
public record Move(TensorInfo source, int[][] gathers) {
  /** The tensor as it is. */
  public static Move none(TensorInfo source) {
    return new Move(source, new int[source.shape().rank()][]);
  }
}
