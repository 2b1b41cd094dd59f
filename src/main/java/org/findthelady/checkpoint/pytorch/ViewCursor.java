package org.findthelady.checkpoint.pytorch;

/** Walks the elements of a view in row-major order and says where each lies. */
final class ViewCursor {
  private final long[] lengths;
  private final long[] steps;
  private final long[] index;
  private long position;

  /**
   * Starts at an element.
   *
   * @param element row-major index of the first element, not beyond the last
   */
  ViewCursor(PlacedTensor tensor, long element) {
    TensorView view = tensor.view();
    lengths = view.shape().toArray();
    steps = view.strides().clone();
    index = new long[lengths.length];
    position = tensor.position();
    long rest = element;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      steps[axis] *= view.dtype().blockBytes();
      index[axis] = rest % lengths[axis];
      position += index[axis] * steps[axis];
      rest /= lengths[axis];
    }
  }

  /** Absolute byte position of the element. */
  long position() {
    return position;
  }

  /** Goes to the next element; behind the last comes the first. */
  void advance() {
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis]++;
      position += steps[axis];
      if (index[axis] < lengths[axis]) {
        return;
      }
      position -= index[axis] * steps[axis];
      index[axis] = 0;
    }
  }
}
