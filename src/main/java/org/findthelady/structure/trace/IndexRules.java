package org.findthelady.structure.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that look elements up by computed positions: what they touch stays where it is. */
final class IndexRules {
  private IndexRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    for (String name :
        List.of("ScatterND", "ScatterElements", "Scatter", "TensorScatter", "ReverseSequence")) {
      rules.put(name, (op, t) -> List.of(TracedValue.still(frozen(op, t).dims())));
    }
    rules.put(
        "GatherElements",
        (op, t) -> {
          frozen(op, t);
          return List.of(TracedValue.still(op.input(1).dims()));
        });
    rules.put("GatherND", IndexRules::gatherBlocks);
    rules.put("OneHot", IndexRules::oneHot);
    rules.put("NonZero", (op, t) -> List.of(TracedValue.still(frozen(op, t).rank(), -1)));
    rules.put(
        "NonMaxSuppression",
        (op, t) -> {
          frozen(op, t);
          return List.of(TracedValue.still(-1, 3));
        });
    rules.put(
        "Compress",
        (op, t) -> {
          long[] dims = frozen(op, t).dims().clone();
          Arrays.fill(dims, -1);
          return List.of(op.has("axis") ? TracedValue.still(dims) : TracedValue.still(-1));
        });
  }

  /** Freezes all inputs; the first one. */
  private static TracedValue frozen(Operation op, AxisAlgebra tracks) {
    String why = op.node().getOpType() + " works by position";
    for (TracedValue input : op.inputs()) {
      if (input != null && input.hasRank()) {
        for (int axis = 0; axis < input.rank(); axis++) {
          input.freeze(axis, why, tracks);
        }
      }
    }
    return op.input(0);
  }

  private static List<TracedValue> gatherBlocks(Operation op, AxisAlgebra tracks) {
    TracedValue data = frozen(op, tracks);
    TracedValue indices = op.input(1);
    int batch = (int) op.integer("batch_dims", 0);
    long depth = indices.length(indices.rank() - 1);
    if (depth < 0) {
      throw new Untraceable("indices of unknown depth");
    }
    int from = Math.toIntExact(batch + depth);
    long[] dims = Arrays.copyOf(indices.dims(), indices.rank() - 1 + data.rank() - from);
    System.arraycopy(data.dims(), from, dims, indices.rank() - 1, data.rank() - from);
    return List.of(TracedValue.still(dims));
  }

  private static List<TracedValue> oneHot(Operation op, AxisAlgebra tracks) {
    TracedValue indices = frozen(op, tracks);
    int rank = indices.rank() + 1;
    int axis = Operation.axis(op.integer("axis", -1), rank);
    long depth = op.input(1).isKnown() ? op.numbers(1).integer(0) : -1;
    long[] dims = new long[rank];
    for (int a = 0; a < rank; a++) {
      dims[a] = a == axis ? depth : indices.length(a < axis ? a : a - 1);
    }
    return List.of(TracedValue.still(dims));
  }
}
