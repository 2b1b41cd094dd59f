package org.findthelady.align;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.SliceSums;
import org.findthelady.core.TensorInfo;

/**
 * What no permutation of a tensor's axes changes: along every axis the sorted l2 norms of its
 * slices; for a vector its sorted values.
 */
public final class Profile {
  private static final int PIECE_ELEMENTS = 1 << 16;

  private final double[][] alongAxes;

  private Profile(double[][] alongAxes) {
    this.alongAxes = alongAxes;
  }

  /** Reads a tensor once. */
  public static Profile of(TensorReader stored, View view) throws IOException {
    TensorInfo shown = view.shown();
    Shape shape = shown.shape();
    boolean vector = shape.rank() < 2;
    SliceSums slices = new SliceSums(shape, !vector);
    @SuppressWarnings("resource") // the reader beneath is the caller's
    ViewReader reader = new ViewReader(stored, List.of(view));
    DType type = shown.dtype();
    long elements = shape.elements();
    int piece = (int) Math.min(PIECE_ELEMENTS, elements);
    float[] values = new float[piece];
    byte[] bytes = new byte[piece * type.blockBytes()];
    for (long first = 0; first < elements; first += piece) {
      int count = (int) Math.min(piece, elements - first);
      int length = count * type.blockBytes();
      reader.read(shown, first * type.blockBytes(), ByteBuffer.wrap(bytes, 0, length));
      Floats.decode(type, ByteBuffer.wrap(bytes, 0, length), values, 0, count);
      slices.add(values, count);
    }
    double[][] sums = slices.sums();
    for (double[] along : sums) {
      if (!vector) {
        Arrays.setAll(along, i -> Math.sqrt(along[i]));
      }
      Arrays.sort(along);
    }
    return new Profile(sums);
  }

  /** Axes of the tensor. */
  public int axes() {
    return alongAxes.length;
  }

  /** What is known along an axis, rising. */
  public double[] along(int axis) {
    return alongAxes[axis].clone();
  }

  /** The distance of two tensors whose axes lie in the same order. */
  public double distance(Profile other) {
    int[] order = new int[alongAxes.length];
    Arrays.setAll(order, axis -> axis);
    return distance(other, order);
  }

  /**
   * How far two tensors are from being each other's permutation: 0 if they may be, 1 or more if
   * they have nothing in common.
   *
   * @param order for every axis of this one the other's; lengths must be the same
   */
  double distance(Profile other, int[] order) {
    double sum = 0;
    int counted = 0;
    for (int axis = 0; axis < alongAxes.length; axis++) {
      double[] a = alongAxes[axis];
      double[] b = other.alongAxes[order[axis]];
      if (a.length == 1 && alongAxes.length > 1) {
        continue;
      }
      double difference = 0;
      double norms = 0;
      for (int i = 0; i < a.length; i++) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        norms += a[i] * a[i] + b[i] * b[i];
      }
      sum += norms == 0 ? 0 : 2 * difference / norms;
      counted++;
    }
    return counted == 0 ? 0 : sum / counted;
  }
}
