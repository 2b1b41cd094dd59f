package org.findthelady.align;

import java.io.Serializable;
import org.findthelady.core.Shape;

/** A part of a stored tensor that is seen as a tensor of its own. */
public sealed interface Excerpt extends Serializable permits RowExcerpt, BlockExcerpt {
  /**
   * What is shown of a tensor.
   *
   * @throws IllegalArgumentException if the tensor does not hold it
   */
  Shape of(Shape stored);
}
