package org.findthelady.match;

import java.io.Serializable;
import java.util.List;

/** What {@link PairTask} found of one tensor. */
record TensorPairs(TensorComparison comparison, List<AxisPairs> axes) implements Serializable {
  TensorPairs {
    axes = List.copyOf(axes);
  }
}
