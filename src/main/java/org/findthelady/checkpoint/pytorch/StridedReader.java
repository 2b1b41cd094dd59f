package org.findthelady.checkpoint.pytorch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.DType;

/** Gathers the elements of one view in row-major order through a cache of the file's pages. */
final class StridedReader {
  private final PageCache pages;

  StridedReader(SeekableInput file) {
    this.pages = new PageCache(file);
  }

  /** Fills the rest of {@code target} with packed bytes of {@code tensor} from {@code first} on. */
  void read(PlacedTensor tensor, long first, ByteBuffer target) throws IOException {
    TensorView view = tensor.view();
    int width = view.dtype().blockBytes();
    long total = view.dtype().bytes(view.shape());
    if (target.remaining() > total - first) {
      throw new EOFException(
          "Tensor '%s' has %d bytes, %d wanted from %d"
              .formatted(tensor.name(), total, target.remaining(), first));
    }
    byte[] element = new byte[width];
    long[] index = start(view, first / width);
    long at = position(tensor, index);
    int skip = (int) (first % width);
    while (target.hasRemaining()) {
      pages.read(at, element);
      if (tensor.bigEndian()) {
        reverse(element, view.dtype());
      }
      int count = Math.min(width - skip, target.remaining());
      target.put(element, skip, count);
      skip = 0;
      at = next(tensor, index, at);
    }
  }

  private static long[] start(TensorView view, long element) {
    long[] index = new long[view.strides().length];
    long rest = element;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % view.shape().length(axis);
      rest /= view.shape().length(axis);
    }
    return index;
  }

  private static long position(PlacedTensor tensor, long[] index) {
    long element = 0;
    for (int axis = 0; axis < index.length; axis++) {
      element += index[axis] * tensor.view().strides()[axis];
    }
    return tensor.position() + element * tensor.view().dtype().blockBytes();
  }

  /** Steps {@code index} to the next element and returns its position. */
  private static long next(PlacedTensor tensor, long[] index, long at) {
    TensorView view = tensor.view();
    long width = view.dtype().blockBytes();
    long moved = at;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis]++;
      moved += view.strides()[axis] * width;
      if (index[axis] < view.shape().length(axis)) {
        return moved;
      }
      moved -= index[axis] * view.strides()[axis] * width;
      index[axis] = 0;
    }
    return moved;
  }

  /** Complex numbers are two numbers, each turned by itself. */
  private static void reverse(byte[] element, DType dtype) {
    boolean complex = dtype == DType.C64 || dtype == DType.C128;
    int width = complex ? element.length / 2 : element.length;
    for (int start = 0; start < element.length; start += width) {
      for (int i = start, j = start + width - 1; i < j; i++, j--) {
        byte kept = element[i];
        element[i] = element[j];
        element[j] = kept;
      }
    }
  }
}
