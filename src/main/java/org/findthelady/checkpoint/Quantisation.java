package org.findthelady.checkpoint;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.findthelady.core.TensorInfo;

/**
 * How an integer tensor stands for real numbers: {@code real = scale * (stored - zero point)}, with
 * one scale for the whole tensor or one for each index of an axis. Kept among a checkpoint's
 * attributes.
 *
 * @param axis the axis that scales run along; -1 for one scale
 * @param scales one, or as many as the axis is long
 * @param zeroPoints as many as scales
 */
public record Quantisation(int axis, float[] scales, long[] zeroPoints) implements Serializable {
  private static final String ATTRIBUTE = "quantisation/";
  private static final String TERMS = "quantisation terms/";

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

  /** What the checkpoint says about a tensor, if it is quantised. */
  public static Optional<Quantisation> of(Checkpoint checkpoint, String tensor) {
    return Optional.ofNullable(checkpoint.attributes().get(ATTRIBUTE + tensor))
        .map(Quantisation::parse);
  }

  /** Adds this to a checkpoint's attributes. */
  public void putInto(Map<String, String> attributes, String tensor) {
    String texts =
        IntStream.range(0, scales.length)
            .mapToObj(i -> scales[i] + " " + zeroPoints[i])
            .collect(Collectors.joining(" "));
    attributes.put(ATTRIBUTE + tensor, axis + " " + texts);
  }

  /**
   * Says which tensors hold the scales and zero points along the axis; they must move with it.
   *
   * @param terms their names
   */
  public static void putTerms(Map<String, String> attributes, String tensor, List<String> terms) {
    if (!terms.isEmpty()) {
      attributes.put(TERMS + tensor, String.join("\n", terms));
    }
  }

  /** The tensors that hold a tensor's scales and zero points along its axis. */
  public static List<TensorInfo> terms(Checkpoint checkpoint, String tensor) {
    String names = checkpoint.attributes().get(TERMS + tensor);
    return names == null
        ? List.of()
        : Arrays.stream(names.split("\n")).flatMap(n -> checkpoint.tensor(n).stream()).toList();
  }

  private static Quantisation parse(String text) {
    String[] parts = text.split(" ");
    int count = (parts.length - 1) / 2;
    float[] scales = new float[count];
    long[] zeroPoints = new long[count];
    for (int i = 0; i < count; i++) {
      scales[i] = Float.parseFloat(parts[1 + 2 * i]);
      zeroPoints[i] = Long.parseLong(parts[2 + 2 * i]);
    }
    return new Quantisation(Integer.parseInt(parts[0]), scales, zeroPoints);
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
