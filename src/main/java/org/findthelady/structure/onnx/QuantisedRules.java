package org.findthelady.structure.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Quantisation and the operators that work on quantised tensors. */
final class QuantisedRules {
  private QuantisedRules() {}

  static void addTo(Map<String, Rule> rules) {
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

  private static Value alike(Operation op) {
    return Value.of(op.input(0).dims(), op.input(0).tracks());
  }

  /** Scale and zero point: one number, or one for every index of an axis. */
  private static List<Value> scaled(Operation op, Tracks tracks) {
    Value out = alike(op);
    for (int i = 1; i < op.inputs().size(); i++) {
      Value parameter = op.optional(i);
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

  private static List<Value> dynamic(Operation op, Tracks tracks) {
    return List.of(alike(op), Value.still(), Value.still());
  }

  /** Inputs: x, its scale and zero, w, its scale and zero, y's scale and zero, bias. */
  private static Value convolution(Operation op, Tracks tracks) {
    Value out = ContractionRules.convolution(op, 0, 3, 8, tracks);
    for (int i : new int[] {4, 5}) {
      if (op.input(i).rank() == 1 && op.input(i).length(0) > 1) {
        out = ContractionRules.alongChannels(out, op.input(i), tracks);
      }
    }
    return out;
  }

  private static Value integerConvolution(Operation op, Tracks tracks) {
    Value out = ContractionRules.convolution(op, 0, 1, 9, tracks);
    Value zero = op.optional(3);
    return zero != null && zero.rank() == 1 && zero.length(0) > 1
        ? ContractionRules.alongChannels(out, zero, tracks)
        : out;
  }

  private static Value matrixProduct(Operation op, Tracks tracks) {
    Value out = ContractionRules.matrixProduct(op.input(0), op.input(3), tracks);
    return perRowAndColumn(op, out, new int[] {1, 2}, new int[] {4, 5}, tracks);
  }

  private static Value integerProduct(Operation op, Tracks tracks) {
    Value out = ContractionRules.matrixProduct(op.input(0), op.input(1), tracks);
    return perRowAndColumn(op, out, new int[] {2}, new int[] {3}, tracks);
  }

  private static Value perRowAndColumn(
      Operation op, Value product, int[] rows, int[] columns, Tracks tracks) {
    Value out = product;
    for (int i : rows) {
      out = along(op.optional(i), out, out.rank() - 2, tracks);
    }
    for (int i : columns) {
      out = along(op.optional(i), out, out.rank() - 1, tracks);
    }
    return out;
  }

  private static Value along(Value parameter, Value out, int axis, Tracks tracks) {
    if (parameter == null || parameter.rank() == 0 || parameter.elements() == 1) {
      return out;
    }
    if (parameter.rank() != 1) {
      throw new Untraceable("scales of shape " + Arrays.toString(parameter.dims()));
    }
    return ContractionRules.along(out, parameter, axis, tracks);
  }

  /** Inputs: a, its scale and zero, b, its scale and zero, c's scale and zero. */
  private static Value pairwise(Operation op, Tracks tracks) {
    List<Value> both = new ArrayList<>(List.of(op.input(0), op.input(3)));
    return ElementwiseRules.broadcast(both, tracks);
  }
}
