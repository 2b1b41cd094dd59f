package org.findthelady.structure.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Operators that work element by element, with broadcasting. */
final class ElementwiseRules {
  private ElementwiseRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    for (String name :
        List.of(
            "Abs",
            "Acos",
            "Acosh",
            "Asin",
            "Asinh",
            "Atan",
            "Atanh",
            "BitwiseNot",
            "Cast",
            "Ceil",
            "Celu",
            "Cos",
            "Cosh",
            "Dropout",
            "Elu",
            "Erf",
            "Exp",
            "Floor",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "IsInf",
            "IsNaN",
            "LeakyRelu",
            "Log",
            "Mish",
            "Neg",
            "Not",
            "Reciprocal",
            "Relu",
            "Round",
            "Selu",
            "Shrink",
            "Sigmoid",
            "Sign",
            "Sin",
            "Sinh",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Swish",
            "Tan",
            "Tanh",
            "ThresholdedRelu",
            "com.microsoft.QuickGelu",
            "com.microsoft.Gelu")) {
      rules.put(name, ElementwiseRules::unary);
    }
    for (String name :
        List.of(
            "Add",
            "And",
            "BitShift",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor",
            "Clip",
            "Div",
            "Equal",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "Max",
            "Mean",
            "Min",
            "Mod",
            "Mul",
            "Or",
            "PRelu",
            "Pow",
            "Sub",
            "Sum",
            "Where",
            "Xor",
            "com.microsoft.FastGelu",
            "com.microsoft.BiasGelu")) {
      rules.put(name, ElementwiseRules::broadcast);
    }
    rules.put("CastLike", ElementwiseRules::unary);
  }

  private static List<TracedValue> unary(Operation operation, AxisAlgebra tracks) {
    TracedValue input = operation.input(0);
    return List.of(TracedValue.of(input.dims(), input.tracks()), TracedValue.still(input.dims()));
  }

  private static List<TracedValue> broadcast(Operation operation, AxisAlgebra tracks) {
    List<TracedValue> inputs = operation.inputs().stream().filter(Objects::nonNull).toList();
    return List.of(broadcast(inputs, tracks));
  }

  /** The broadcast combination of values. */
  static TracedValue broadcast(List<TracedValue> inputs, AxisAlgebra tracks) {
    int rank = inputs.stream().mapToInt(TracedValue::rank).max().orElse(0);
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    AxisSymbol[] merged = null;
    for (TracedValue input : inputs) {
      int shift = rank - input.rank();
      int[] places = new int[input.rank()];
      for (int axis = 0; axis < places.length; axis++) {
        places[axis] = axis + shift;
        long length = input.length(axis);
        long known = dims[axis + shift];
        if (length > 1 && known > 1 && length != known) {
          throw new Untraceable("lengths " + known + " and " + length + " do not broadcast");
        }
        // An unknown length beside a known one above 1 must equal it or be 1.
        dims[axis + shift] = known > 1 ? known : length == 1 ? known : length;
      }
      AxisSymbol[] aligned = input.aligned(rank, places);
      merged =
          merged == null
              ? aligned
              : tracks.merge(aligned, merged, Set.of(), "combined with positions that do not move");
    }
    return TracedValue.of(dims, merged);
  }
}
