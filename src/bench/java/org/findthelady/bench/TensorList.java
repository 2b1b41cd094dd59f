package org.findthelady.bench;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** Tensors of one type, one after the other in one file. */
final class TensorList {
  private final DType dtype;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private long end;

  TensorList(DType dtype) {
    this.dtype = dtype;
  }

  void add(String name, long... lengths) {
    Shape shape = Shape.of(lengths);
    tensors.add(new TensorInfo(name, dtype, shape, 0, end, dtype.bytes(shape)));
    end += dtype.bytes(shape);
  }

  List<TensorInfo> all() {
    return List.copyOf(tensors);
  }
}
