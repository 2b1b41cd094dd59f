package org.findthelady.core;

import java.io.Serializable;
import java.util.Objects;

/**
 * Where one tensor of a checkpoint lies and what it holds; the bytes are elsewhere.
 *
 * @param name unique within the checkpoint; never used as a path
 * @param dtype type of the elements
 * @param shape lengths of the axes, slowest first
 * @param file index into the checkpoint's files
 * @param offset absolute byte position in that file of the first element (of the whole stored
 *     object where the format does not store tensors as plain ranges)
 * @param length bytes of the tensor when packed row-major: {@code dtype.bytes(shape)}
 */
public record TensorInfo(String name, DType dtype, Shape shape, int file, long offset, long length)
    implements Serializable {
  public TensorInfo {
    Objects.requireNonNull(name);
    if (file < 0 || offset < 0 || length != dtype.bytes(shape)) {
      throw new IllegalArgumentException(
          "Tensor '%s': %s %s needs %d bytes, given %d at %d of file %d"
              .formatted(name, dtype, shape, dtype.bytes(shape), length, offset, file));
    }
  }
}
