package org.findthelady.match;

import java.io.IOException;
import org.findthelady.core.Shape;

/** The tensors of one checkpoint as floats. Reads of ranges must be cheap. Not thread-safe. */
public interface Weights {
  /** Whether there is a tensor of that name whose values can be read. */
  boolean has(String tensor);

  /** Lengths of its axes, slowest first. */
  Shape shape(String tensor);

  /**
   * Reads row-major elements {@code firstElement .. firstElement + count}.
   *
   * @param target receives them from {@code offset} on
   */
  void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException;
}
