package org.findthelady.perturb;

import java.io.IOException;
import java.io.Serializable;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;

/**
 * A change of weights, one tensor at a time, a function of the perturbation's own settings, the
 * tensor's name and its values only: independent of order and of other tensors. Definitions are
 * those of "Find the Lady", arXiv 2312.14182, as our method document states them.
 */
public interface Perturbation extends Serializable {
  /** What is done, with every setting, in one line for reports; equal for equal perturbations. */
  String description();

  /** Whether {@link #applyInPlace} would change anything in a tensor of that name and shape. */
  boolean selects(String tensor, Shape shape);

  /**
   * Changes the values of one selected tensor.
   *
   * @param values row-major, {@code shape.elements()} of them
   */
  void applyInPlace(String tensor, Shape shape, float[] values);

  /**
   * This perturbation with whatever it must know of the whole model (one threshold over all
   * layers); itself if nothing.
   *
   * @param bytes reads the tensors as they are when this perturbation's turn comes
   */
  default Perturbation fittedTo(Checkpoint checkpoint, TensorReader bytes) throws IOException {
    return this;
  }
}
