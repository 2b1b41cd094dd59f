package org.findthelady.checkpoint;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.findthelady.core.TensorInfo;

/**
 * How an integer tensor stands for real numbers: {@code real = scale * (stored - zero point)}, with
 * one scale for the whole tensor or one for each index of an axis. Kept in a checkpoint's {@link
 * Encoding}.
 *
 * @param axis the axis that scales run along; -1 for one scale
 * @param scales one, or as many as the axis is long
 * @param zeroPoints as many as scales
 */
public record Quantisation(int axis, float[] scales, long[] zeroPoints) implements Serializable {
  public Quantisation {
    if (scales.length != zeroPoints.length
        || scales.length == 0
        || (axis < 0 && scales.length > 1)) {
      throw new IllegalArgumentException(
          "axis %d, %d scales, %d zero points".formatted(axis, scales.length, zeroPoints.length));
    }
    scales = scales.clone();
    zeroPoints = zeroPoints.clone();
  }

  /** What a tensor's integers stand for, if its format says so. */
  public static Optional<Quantisation> of(Checkpoint checkpoint, String tensor) {
    return Optional.ofNullable(checkpoint.encoding().quantisations().get(tensor));
  }

  /** The tensors that hold a tensor's scales and zero points along its axis. */
  public static List<TensorInfo> terms(Checkpoint checkpoint, String tensor) {
    return checkpoint.encoding().scaleTensors().getOrDefault(tensor, List.of()).stream()
        .flatMap(name -> checkpoint.tensor(name).stream())
        .toList();
  }

  /**
   * Turns stored integers into real numbers.
   *
   * @param tensor whose elements these are
   * @param firstElement index in the packed tensor of {@code values[offset]}
   * @param values stored numbers as floats; {@code offset .. offset + count} are changed
   */
  public void dequantiseInPlace(
      TensorInfo tensor, long firstElement, float[] values, int offset, int count) {
    long inner = axis < 0 ? 1 : tensor.shape().elements(axis + 1, tensor.shape().rank());
    for (int i = 0; i < count; i++) {
      int channel = axis < 0 ? 0 : (int) ((firstElement + i) / inner % scales.length);
      values[offset + i] = scales[channel] * (values[offset + i] - zeroPoints[channel]);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Quantisation q
        && axis == q.axis
        && Arrays.equals(scales, q.scales)
        && Arrays.equals(zeroPoints, q.zeroPoints);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * axis + Arrays.hashCode(scales)) + Arrays.hashCode(zeroPoints);
  }
}
