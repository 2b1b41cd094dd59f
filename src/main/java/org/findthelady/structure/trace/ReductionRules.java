package org.findthelady.structure.trace;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Symmetric reductions over axes, and the ones that ask for positions. */
final class ReductionRules {
  private ReductionRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    for (String name :
        List.of(
            "Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare")) {
      rules.put("Reduce" + name, (op, t) -> List.of(reduce(op, t)));
    }
    rules.put("ArgMax", ReductionRules::position);
    rules.put("ArgMin", ReductionRules::position);
    rules.put("CumSum", ReductionRules::ordered);
    rules.put("TopK", ReductionRules::top);
  }

  private static TracedValue reduce(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    boolean keep = op.integer("keepdims", 1) != 0;
    long[] axes = op.integers("axes");
    if (axes == null && op.optional(1) != null) {
      axes = op.numbers(1).integers();
    }
    Set<Integer> gone = new LinkedHashSet<>();
    if (axes == null || axes.length == 0) {
      if (op.integer("noop_with_empty_axes", 0) != 0) {
        return TracedValue.of(data.dims(), data.tracks());
      }
      for (int axis = 0; axis < data.rank(); axis++) {
        gone.add(axis);
      }
    } else {
      for (long axis : axes) {
        gone.add(Operation.axis(axis, data.rank()));
      }
    }
    return folded(data, tracks.drop(data.tracks(), gone), gone, keep);
  }

  private static TracedValue folded(
      TracedValue data, AxisSymbol[] left, Set<Integer> gone, boolean keep) {
    int rank = keep ? data.rank() : left.length;
    long[] dims = new long[rank];
    AxisSymbol[] all = new AxisSymbol[rank];
    int at = 0;
    int next = 0;
    for (int axis = 0; axis < data.rank(); axis++) {
      if (!gone.contains(axis)) {
        dims[at] = data.length(axis);
        all[at++] = left[next++];
      } else if (keep) {
        dims[at] = 1;
        all[at++] = AxisSymbol.NEUTRAL;
      }
    }
    return TracedValue.of(dims, all);
  }

  private static List<TracedValue> position(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.integer("axis", 0), data.rank());
    tracks.freeze(data.tracks(), axis, op.node().getOpType() + " gives a position");
    boolean keep = op.integer("keepdims", 1) != 0;
    Set<Integer> gone = Set.of(axis);
    return List.of(folded(data, tracks.drop(data.tracks(), gone), gone, keep));
  }

  private static List<TracedValue> ordered(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.numbers(1).integer(0), data.rank());
    tracks.freeze(data.tracks(), axis, "running sum");
    return List.of(TracedValue.of(data.dims(), data.tracks()));
  }

  private static List<TracedValue> top(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.integer("axis", -1), data.rank());
    tracks.freezeAll(data.tracks(), "TopK gives positions");
    long[] dims = data.dims().clone();
    TracedValue count = op.optional(1);
    long k =
        count == null ? op.integer("k", -1) : count.isKnown() ? count.constant().integer(0) : -1;
    dims[axis] = k;
    return List.of(TracedValue.still(dims), TracedValue.still(dims));
  }
}
