package org.findthelady.match.compare;

import java.io.Serializable;
import java.util.List;

/** What {@link CompareTask} found of one tensor. */
public record TensorPairResult(TensorComparison comparison, List<AxisSums> axes)
    implements Serializable {
  public TensorPairResult {
    axes = List.copyOf(axes);
  }
}
