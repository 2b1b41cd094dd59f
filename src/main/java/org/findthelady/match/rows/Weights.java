package org.findthelady.match.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;

/** The tensors of one checkpoint as floats. Reads of ranges must be cheap. Not thread-safe. */
public interface Weights {
  /** Whether there is a tensor of that name whose values can be read. */
  boolean has(String tensor);

  /** Lengths of its axes, slowest first. */
  Shape shape(String tensor);

  /**
   * Reads row-major elements {@code firstElement .. firstElement + count}.
   *
   * @param target receives them from {@code offset} on
   */
  void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException;

  /** All elements of a tensor, row-major. */
  default float[] readWhole(String tensor) throws IOException {
    float[] values = new float[Math.toIntExact(shape(tensor).elements())];
    read(tensor, 0, values, 0, values.length);
    return values;
  }

  /**
   * Says that most of a tensor is about to be read, in no order. What helps with that may be kept
   * until another tensor is named; naming one again costs nothing.
   */
  default void hold(String tensor) throws IOException {}

  /**
   * Says that these ranges of {@code count} elements of a tensor are read next and nothing beside
   * them.
   *
   * @param firstElements ascending
   */
  default void expect(String tensor, long[] firstElements, long count) throws IOException {}

  /** Says that one whole tensor is read next, from its first element to its last. */
  default void expect(String tensor) throws IOException {
    expect(tensor, new long[] {0}, shape(tensor).elements());
  }

  /** Where a tensor is stored among the others: in ascending order they are read as one stream. */
  default long place(String tensor) {
    return 0;
  }

  /**
   * The type in which {@link #readPacked} gives a tensor's elements: the stored one if its elements
   * stand alone, else F32.
   */
  default DType packedType(String tensor) {
    return DType.F32;
  }

  /**
   * Reads row-major elements {@code firstElement .. firstElement + count} as little-endian bytes of
   * {@link #packedType}; not decoded where they are stored so.
   *
   * @param target receives them from byte {@code offset} on
   */
  default void readPacked(String tensor, long firstElement, byte[] target, int offset, int count)
      throws IOException {
    float[] values = new float[count];
    read(tensor, firstElement, values, 0, count);
    Floats.encode(
        DType.F32, values, 0, count, ByteBuffer.wrap(target, offset, count * Float.BYTES));
  }
}
