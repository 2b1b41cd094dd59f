package org.findthelady.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * Reads tensors of one checkpoint as packed row-major little-endian bytes, whatever way the format
 * stores them (strides, compression, byte order). Not thread-safe.
 */
public interface TensorReader extends Closeable {
  /**
   * Fills the rest of {@code target} with the tensor's packed bytes from {@code firstByte} on.
   *
   * @throws java.io.EOFException if the file ends before
   */
  void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException;

  /**
   * Says that these ranges of {@code count} packed bytes of a tensor are read next and nothing
   * beside them.
   *
   * @param firstBytes ascending
   */
  default void expect(TensorInfo tensor, long[] firstBytes, long count) throws IOException {}

  /** So many bytes between two wanted ranges are cheaper to read and drop than a second read. */
  default int gapBytes() {
    return 16 << 10;
  }

  /** All packed bytes of one tensor; for tensors that fit an array. */
  default byte[] readAll(TensorInfo tensor) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(tensor.length())];
    read(tensor, 0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** All values of one tensor; for tensors that fit an array. */
  default float[] readFloats(TensorInfo tensor) throws IOException {
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    Floats.decode(tensor.dtype(), readAll(tensor), 0, values, 0, values.length);
    return values;
  }
}
