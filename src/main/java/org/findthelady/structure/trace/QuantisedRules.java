package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Quantisation and the operators that work on quantised tensors. */
final class QuantisedRules {
  private QuantisedRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("QuantizeLinear", QuantisedRules::scaled);
    rules.put("DequantizeLinear", QuantisedRules::scaled);
    rules.put("com.microsoft.QuantizeLinear", QuantisedRules::scaled);
    rules.put("com.microsoft.DequantizeLinear", QuantisedRules::scaled);
    rules.put("DynamicQuantizeLinear", QuantisedRules::dynamic);
    rules.put("QLinearConv", (op, t) -> List.of(convolution(op, t)));
    rules.put("ConvInteger", (op, t) -> List.of(integerConvolution(op, t)));
    rules.put("QLinearMatMul", (op, t) -> List.of(matrixProduct(op, t)));
    rules.put("MatMulInteger", (op, t) -> List.of(integerProduct(op, t)));
    rules.put("com.microsoft.QLinearAdd", (op, t) -> List.of(pairwise(op, t)));
    rules.put("com.microsoft.QLinearMul", (op, t) -> List.of(pairwise(op, t)));
    rules.put("com.microsoft.QLinearSigmoid", (op, t) -> List.of(alike(op)));
    rules.put("com.microsoft.QLinearLeakyRelu", (op, t) -> List.of(alike(op)));
  }

  private static TracedValue alike(Operation op) {
    return TracedValue.of(op.input(0).dims(), op.input(0).tracks());
  }

  /** Scale and zero point: one number, or one for every index of an axis. */
  private static List<TracedValue> scaled(Operation op, AxisAlgebra tracks) {
    TracedValue out = alike(op);
    for (int i = 1; i < op.inputs().size(); i++) {
      TracedValue parameter = op.optional(i);
      if (parameter == null || parameter.rank() == 0 || parameter.elements() == 1) {
        continue;
      }
      if (parameter.rank() != 1 || op.integer("block_size", 0) != 0) {
        throw new Untraceable("scales in blocks");
      }
      int axis = Operation.axis(op.integer("axis", 1), out.rank());
      out = ContractionRules.along(out, parameter, axis, tracks);
    }
    return List.of(out);
  }

  private static List<TracedValue> dynamic(Operation op, AxisAlgebra tracks) {
    return List.of(alike(op), TracedValue.still(), TracedValue.still());
  }

  /** Inputs: x, its scale and zero, w, its scale and zero, y's scale and zero, bias. */
  private static TracedValue convolution(Operation op, AxisAlgebra tracks) {
    TracedValue out = ContractionRules.convolution(op, 0, 3, 8, tracks);
    for (int i : new int[] {4, 5}) {
      if (op.input(i).rank() == 1 && op.input(i).length(0) > 1) {
        out = ContractionRules.alongChannels(out, op.input(i), tracks);
      }
    }
    return out;
  }

  private static TracedValue integerConvolution(Operation op, AxisAlgebra tracks) {
    TracedValue out = ContractionRules.convolution(op, 0, 1, 9, tracks);
    TracedValue zero = op.optional(3);
    return zero != null && zero.rank() == 1 && zero.length(0) > 1
        ? ContractionRules.alongChannels(out, zero, tracks)
        : out;
  }

  private static TracedValue matrixProduct(Operation op, AxisAlgebra tracks) {
    TracedValue out = ContractionRules.matrixProduct(op.input(0), op.input(3), tracks);
    return perRowAndColumn(op, out, new int[] {1, 2}, new int[] {4, 5}, tracks);
  }

  private static TracedValue integerProduct(Operation op, AxisAlgebra tracks) {
    TracedValue out = ContractionRules.matrixProduct(op.input(0), op.input(1), tracks);
    return perRowAndColumn(op, out, new int[] {2}, new int[] {3}, tracks);
  }

  private static TracedValue perRowAndColumn(
      Operation op, TracedValue product, int[] rows, int[] columns, AxisAlgebra tracks) {
    TracedValue out = product;
    for (int i : rows) {
      out = along(op.optional(i), out, out.rank() - 2, tracks);
    }
    for (int i : columns) {
      out = along(op.optional(i), out, out.rank() - 1, tracks);
    }
    return out;
  }

  private static TracedValue along(
      TracedValue parameter, TracedValue out, int axis, AxisAlgebra tracks) {
    if (parameter == null || parameter.rank() == 0 || parameter.elements() == 1) {
      return out;
    }
    if (parameter.rank() != 1) {
      throw new Untraceable("scales of shape " + Arrays.toString(parameter.dims()));
    }
    return ContractionRules.along(out, parameter, axis, tracks);
  }

  /** Inputs: a, its scale and zero, b, its scale and zero, c's scale and zero. */
  private static TracedValue pairwise(Operation op, AxisAlgebra tracks) {
    List<TracedValue> both = new ArrayList<>(List.of(op.input(0), op.input(3)));
    return ElementwiseRules.broadcast(both, tracks);
  }
}
