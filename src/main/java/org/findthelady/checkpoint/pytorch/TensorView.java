package org.findthelady.checkpoint.pytorch;

import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/**
 * A strided view of a storage.
 *
 * @param offset first element, counted in elements of {@code dtype} from the start of the storage
 * @param strides steps per axis in elements, one for each axis, not negative
 */
record TensorView(StorageRef storage, DType dtype, long offset, Shape shape, long[] strides) {
  TensorView {
    if (strides.length != shape.rank() || offset < 0) {
      throw new IllegalArgumentException(
          "shape %s, %d strides, offset %d".formatted(shape, strides.length, offset));
    }
    for (long stride : strides) {
      if (stride < 0) {
        throw new IllegalArgumentException("negative stride " + stride);
      }
    }
    strides = strides.clone();
  }

  /**
   * Elements of the storage that the view reaches over, from its first to its last; 0 if empty.
   *
   * @throws ArithmeticException if it overflows a long
   */
  long span() {
    if (shape.elements() == 0) {
      return 0;
    }
    long last = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      last = Math.addExact(last, Math.multiplyExact(shape.length(axis) - 1, strides[axis]));
    }
    return Math.addExact(last, 1);
  }

  /** Whether the elements lie packed in row-major order. */
  boolean packed() {
    long expected = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      if (shape.length(axis) > 1 && strides[axis] != expected) {
        return shape.elements() == 0;
      }
      expected *= shape.length(axis);
    }
    return true;
  }
}
