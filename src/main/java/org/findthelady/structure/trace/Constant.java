package org.findthelady.structure.trace;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The numbers of a small tensor that shapes may depend on. A number that is not known (the length
 * of a dynamic axis) is NaN.
 *
 * @param dims axis lengths
 * @param data row-major
 * @param integral whether the element type is an integer or a boolean
 */
public record Constant(long[] dims, double[] data, boolean integral) {
  /** Larger tensors are not followed: no shape depends on them. */
  static final int MOST_ELEMENTS = 1 << 16;

  public Constant {
    if (elements(dims) != data.length) {
      throw new IllegalArgumentException(data.length + " numbers for " + Arrays.toString(dims));
    }
  }

  public static long elements(long[] dims) {
    long product = 1;
    for (long dim : dims) {
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  static Constant scalar(double value, boolean integral) {
    return new Constant(new long[0], new double[] {value}, integral);
  }

  static Constant vector(long... values) {
    return new Constant(
        new long[] {values.length}, Arrays.stream(values).asDoubleStream().toArray(), true);
  }

  static Constant vector(double[] values, boolean integral) {
    return new Constant(new long[] {values.length}, values, integral);
  }

  boolean known() {
    return Arrays.stream(data).noneMatch(Double::isNaN);
  }

  int length() {
    return data.length;
  }

  long integer(int i) {
    return (long) data[i];
  }

  /** The values as integers; callers have checked {@link #known}. */
  long[] integers() {
    return Arrays.stream(data).mapToLong(x -> (long) x).toArray();
  }

  /** The numbers of a stored tensor, if it is small, numeric and its data is at hand. */
  static Optional<Constant> of(TensorProto tensor) {
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long count = elements(dims);
    if (count < 0 || count > MOST_ELEMENTS) {
      return Optional.empty();
    }
    int n = (int) count;
    double[] data = tensor.hasRawData() ? raw(tensor, n) : typed(tensor, n);
    boolean integral = tensor.getDataType() != 1 && tensor.getDataType() != 11;
    return data == null ? Optional.empty() : Optional.of(new Constant(dims, data, integral));
  }

  private static double[] raw(TensorProto tensor, int n) {
    ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int width = bytes.remaining() / Math.max(1, n);
    int type = tensor.getDataType();
    if (bytes.remaining() != n * width) {
      return null;
    }
    return switch (type) {
      case 1 -> width == 4 ? fill(n, i -> bytes.getFloat(4 * i)) : null;
      case 11 -> width == 8 ? fill(n, i -> bytes.getDouble(8 * i)) : null;
      case 7 -> width == 8 ? fill(n, i -> bytes.getLong(8 * i)) : null;
      case 6 -> width == 4 ? fill(n, i -> bytes.getInt(4 * i)) : null;
      case 2, 9 -> width == 1 ? fill(n, i -> bytes.get(i) & 0xff) : null;
      case 3 -> width == 1 ? fill(n, i -> bytes.get(i)) : null;
      default -> n == 0 ? new double[0] : null;
    };
  }

  private static double[] typed(TensorProto tensor, int n) {
    int type = tensor.getDataType();
    return switch (type) {
      case 1 -> tensor.getFloatDataCount() == n ? fill(n, tensor::getFloatData) : null;
      case 11 -> tensor.getDoubleDataCount() == n ? fill(n, tensor::getDoubleData) : null;
      case 7 -> tensor.getInt64DataCount() == n ? fill(n, tensor::getInt64Data) : null;
      case 2, 3, 6, 9 -> tensor.getInt32DataCount() == n ? fill(n, tensor::getInt32Data) : null;
      default -> n == 0 ? new double[0] : null;
    };
  }

  private static double[] fill(int n, java.util.function.IntToDoubleFunction at) {
    return IntStream.range(0, n).mapToDouble(at).toArray();
  }
}
