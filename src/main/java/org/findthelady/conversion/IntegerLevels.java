package org.findthelady.conversion;

import java.util.Arrays;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Levels of integers with a scale for a tensor or for each index of an axis. */
record IntegerLevels(TensorInfo tensor, Quantisation quantisation) implements Levels {
  @Override
  public float[] units() {
    if (tensor.dtype().blockBytes() != 1) {
      return new float[0];
    }
    boolean signed = tensor.dtype() == DType.I8;
    float[] units = new float[256];
    for (int i = 0; i < units.length; i++) {
      units[i] = signed ? i - 128 : i;
    }
    return units;
  }

  @Override
  public int run() {
    return 0;
  }

  private long inner() {
    return quantisation.axis() < 0
        ? tensor.shape().elements()
        : tensor.shape().elements(quantisation.axis() + 1, tensor.shape().rank());
  }

  @Override
  public long block(long element) {
    return element / inner() % quantisation.scales().length;
  }

  @Override
  public long together(long element) {
    long inner = inner();
    return inner - element % inner;
  }

  @Override
  public double roundoff() {
    return 0x1p-21;
  }

  @Override
  public void read(long first, int count, float[] base, float[] factor) {
    float[] scales = quantisation.scales();
    long[] zeros = quantisation.zeroPoints();
    long inner = inner();
    for (int from = 0; from < count; ) {
      int channel = (int) ((first + from) / inner % scales.length);
      int to = (int) Math.min(count, from + together(first + from));
      Arrays.fill(factor, from, to, scales[channel]);
      Arrays.fill(base, from, to, -zeros[channel] * scales[channel]);
      from = to;
    }
  }
}
