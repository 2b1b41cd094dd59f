package org.findthelady.align;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/**
 * The four terms of a batch normalisation: y = scale * (x - mean) / sqrt(variance + epsilon) +
 * shift (Ioffe and Szegedy 2015, section 3).
 *
 * @param scale per channel; null for ones
 * @param shift per channel
 */
record BatchNorm(
    TensorInfo scale, TensorInfo shift, TensorInfo mean, TensorInfo variance, double epsilon)
    implements Serializable {
  /** Channels. */
  long length() {
    return mean.shape().elements();
  }

  /** The stored terms. */
  List<TensorInfo> terms() {
    List<TensorInfo> terms = new ArrayList<>(List.of(shift, mean, variance));
    if (scale != null) {
      terms.add(0, scale);
    }
    return terms;
  }

  BatchNorm withEpsilon(double other) {
    return new BatchNorm(scale, shift, mean, variance, other);
  }

  /** What every channel is multiplied with: scale / sqrt(variance + epsilon). */
  float[] factors(TensorReader reader) throws IOException {
    float[] factors = reader.readFloats(variance);
    float[] scales = scale == null ? ones(factors.length) : reader.readFloats(scale);
    for (int c = 0; c < factors.length; c++) {
      factors[c] = (float) (scales[c] / Math.sqrt(factors[c] + epsilon));
    }
    return factors;
  }

  /**
   * What is added to every channel: shift + (bias - mean) * factor.
   *
   * @param bias of the convolution before; null for none
   */
  float[] shifts(TensorReader reader, TensorInfo bias) throws IOException {
    float[] shifts = reader.readFloats(shift);
    float[] means = reader.readFloats(mean);
    float[] factors = factors(reader);
    float[] biases = bias == null ? new float[means.length] : reader.readFloats(bias);
    for (int c = 0; c < shifts.length; c++) {
      shifts[c] = (float) (shifts[c] + ((double) biases[c] - means[c]) * factors[c]);
    }
    return shifts;
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
