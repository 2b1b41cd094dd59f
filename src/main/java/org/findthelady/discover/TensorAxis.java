package org.findthelady.discover;

import java.util.Objects;

/** One axis of one tensor; axes are counted from 0, slowest first. */
record TensorAxis(String tensor, int axis) {
  TensorAxis {
    Objects.requireNonNull(tensor);
    if (axis < 0) {
      throw new IllegalArgumentException("tensor '" + tensor + "': axis " + axis);
    }
  }

  @Override
  public String toString() {
    return tensor + "[" + axis + "]";
  }
}
