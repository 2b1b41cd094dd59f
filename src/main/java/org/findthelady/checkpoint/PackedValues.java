package org.findthelady.checkpoint;

import java.io.IOException;

/** The numbers of one packed weight, read through one reader. Not thread-safe. */
@FunctionalInterface
public interface PackedValues {
  /**
   * Decodes elements of the weight, counted row-major in its own shape.
   *
   * @param first index of the element that becomes {@code target[offset]}
   */
  void read(long first, float[] target, int offset, int count) throws IOException;
}
