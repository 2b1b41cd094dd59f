package org.findthelady.experiment;

import org.findthelady.core.Shape;

/**
 * A tensor in memory. The values are not copied: whoever holds one does not change it.
 *
 * @param values row-major, {@code shape.elements()} of them
 */
public record FloatTensor(Shape shape, float[] values) {
  public FloatTensor {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(values.length + " values for shape " + shape);
    }
  }

  /** Gathered on each axis; itself where nothing moves. */
  FloatTensor gathered(int[][] gathers) {
    boolean moves = false;
    for (int[] gather : gathers) {
      moves |= gather != null;
    }
    if (!moves) {
      return this;
    }
    float[] moved = new float[values.length];
    gather(gathers, 0, 0, 0, moved);
    return new FloatTensor(shape, moved);
  }

  private void gather(int[][] gathers, int axis, int from, int to, float[] target) {
    int last = gathers.length - 1;
    while (last >= axis && gathers[last] == null) {
      last--;
    }
    if (axis > last) {
      int count = (int) shape.elements(axis, shape.rank());
      System.arraycopy(values, from, target, to, count);
      return;
    }
    int inner = (int) shape.elements(axis + 1, shape.rank());
    for (int i = 0; i < shape.length(axis); i++) {
      int source = gathers[axis] == null ? i : gathers[axis][i];
      gather(gathers, axis + 1, from + source * inner, to + i * inner, target);
    }
  }
}
