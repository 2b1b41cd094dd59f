package org.findthelady.match.compare;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link CompareTask}s summed up, by tensor, axis and group. */
public final class UnitSums {
  private record Place(String tensor, int axis, String group) {}

  private final Map<Place, AxisSums> sums = new HashMap<>();

  public UnitSums(List<TensorPairResult> compared) {
    for (TensorPairResult tensor : compared) {
      for (AxisSums axis : tensor.axes()) {
        sums.put(new Place(tensor.comparison().tensor(), axis.axis(), axis.group()), axis);
      }
    }
  }

  /** The sums of a group's units on one axis of a tensor; null if it was not compared. */
  public AxisSums of(String tensor, int axis, String group) {
    return sums.get(new Place(tensor, axis, group));
  }
}
