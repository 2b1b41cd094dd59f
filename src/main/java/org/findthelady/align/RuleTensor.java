package org.findthelady.align;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * Tables that follow from a model's sizes and hold no weights: inverse frequencies of rotary
 * positions, ramps, causal masks. Some programs store them and others do not.
 */
final class RuleTensor {
  private static final int MOST = 1 << 24;

  /** Relative error of one step of a progression: what float16 leaves. */
  private static final double STEP = 2e-3;

  private RuleTensor() {}

  /** Whether the tensor is one; reads small vectors and square tables only. */
  static boolean is(TensorReader reader, TensorInfo tensor) throws IOException {
    long elements = tensor.shape().elements();
    if (!tensor.dtype().decodable() || tensor.dtype().blockElements() != 1 || elements > MOST) {
      return false;
    }
    int rank = tensor.shape().rank();
    boolean square =
        rank >= 2
            && tensor.shape().length(rank - 1) == tensor.shape().length(rank - 2)
            && elements == tensor.shape().length(rank - 1) * tensor.shape().length(rank - 2);
    if (rank != 1 && !square) {
      return false;
    }
    float[] values = new float[(int) elements];
    byte[] bytes = new byte[(int) tensor.length()];
    reader.read(tensor, 0, ByteBuffer.wrap(bytes));
    Floats.decode(tensor.dtype(), bytes, 0, values, 0, values.length);
    return square ? isMask(values, tensor.shape().intLength(rank - 1)) : isProgression(values);
  }

  /** Whether each value follows from the one before by one factor or one summand. */
  private static boolean isProgression(float[] values) {
    if (values.length < 3 || values[0] == values[1]) {
      return false;
    }
    double factor = (double) values[1] / values[0];
    double summand = (double) values[1] - values[0];
    boolean geometric = Double.isFinite(factor);
    boolean arithmetic = true;
    for (int i = 1; i < values.length; i++) {
      double before = values[i - 1];
      geometric &= Math.abs(values[i] - before * factor) <= STEP * Math.abs(values[i]);
      arithmetic &= Math.abs(values[i] - before - summand) <= STEP * Math.abs(summand);
    }
    return geometric || arithmetic;
  }

  /** Whether all is one value on and below the diagonal and another above it. */
  private static boolean isMask(float[] values, int size) {
    float below = values[0];
    float above = size < 2 ? below : values[1];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != (i % size > i / size ? above : below)) {
        return false;
      }
    }
    return below != above;
  }
}
