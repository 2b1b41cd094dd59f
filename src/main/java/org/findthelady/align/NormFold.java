package org.findthelady.align;

import java.io.IOException;
import java.io.Serializable;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** What a batch normalisation makes of a tensor of the layer before it. */
sealed interface NormFold extends Serializable permits NormFold.Kernel, NormFold.Bias {
  /** The normalisation that is folded in. */
  BatchNorm norm();

  /**
   * Changes values of the source to folded ones.
   *
   * @param first index in the source of {@code values[offset]}
   */
  void applyInPlace(
      TensorReader reader, Shape source, long first, float[] values, int offset, int count)
      throws IOException;

  /**
   * A kernel whose rows are scaled.
   *
   * @param axis the source's axis of output channels
   */
  record Kernel(BatchNorm norm, int axis) implements NormFold {
    @Override
    public void applyInPlace(
        TensorReader reader, Shape source, long first, float[] values, int offset, int count)
        throws IOException {
      float[] factors = norm.factors(reader);
      long inner = source.elements(axis + 1, source.rank());
      for (int i = 0; i < count; i++) {
        values[offset + i] *= factors[(int) ((first + i) / inner % factors.length)];
      }
    }
  }

  /**
   * The shift of a normalisation, which takes the convolution's bias and the mean in.
   *
   * @param bias of the convolution; null for none
   */
  record Bias(BatchNorm norm, TensorInfo bias) implements NormFold {
    @Override
    public void applyInPlace(
        TensorReader reader, Shape source, long first, float[] values, int offset, int count)
        throws IOException {
      float[] shifts = norm.shifts(reader, bias);
      System.arraycopy(shifts, (int) first, values, offset, count);
    }
  }
}
