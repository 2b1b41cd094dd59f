package org.findthelady.match;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link PairTask}s summed up, by tensor, axis and group. */
final class LeafSums {
  private record Place(String tensor, int axis, String group) {}

  private final Map<Place, AxisPairs> sums = new HashMap<>();

  LeafSums(List<TensorPairs> compared) {
    for (TensorPairs tensor : compared) {
      for (AxisPairs axis : tensor.axes()) {
        sums.put(new Place(tensor.comparison().tensor(), axis.axis(), axis.group()), axis);
      }
    }
  }

  /** The sums of a group's leaves on one axis of a tensor; null if it was not compared. */
  AxisPairs of(String tensor, int axis, String group) {
    return sums.get(new Place(tensor, axis, group));
  }
}
