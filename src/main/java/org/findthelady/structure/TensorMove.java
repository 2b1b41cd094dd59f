package org.findthelady.structure;

import java.util.Arrays;

/**
 * Where an output tensor's elements come from.
 *
 * @param source name of the input tensor; the output's own but for parts of a {@link StackedTensor}
 * @param gathers for each axis the input index of every output index, or null where nothing moves
 */
public record TensorMove(String source, int[][] gathers) {
  /**
   * This move, of a tensor that is gathered in another way first.
   *
   * @param earlier gathers of the source's axes, null where nothing moves; null if none do
   */
  public TensorMove after(int[][] earlier) {
    if (earlier == null) {
      return this;
    }
    int[][] both = new int[gathers.length][];
    for (int axis = 0; axis < both.length; axis++) {
      int[] then = gathers[axis];
      int[] first = earlier[axis];
      both[axis] =
          then == null || first == null
              ? (then == null ? first : then)
              : Arrays.stream(then).map(i -> first[i]).toArray();
    }
    return new TensorMove(source, both);
  }
}
