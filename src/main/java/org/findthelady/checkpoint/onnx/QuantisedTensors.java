package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * Finds in a graph what the integers of its tensors stand for: DequantizeLinear (QDQ), QLinearConv
 * and QLinearMatMul, ConvInteger and MatMulInteger whose scale is multiplied in afterwards, and
 * products of ONNX Runtime's own.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/Operators.md">ONNX operators</a>
 * @see <a href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md">ONNX
 *     Runtime's operators</a>
 */
final class QuantisedTensors {
  /** More scales than this are not read when headers are. */
  private static final int MOST_SCALES = 1 << 20;

  private final Map<String, TensorInfo> tensors;
  private final TensorReader reader;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<NodeProto>> users = new HashMap<>();
  private final Map<String, Quantisation> found = new LinkedHashMap<>();
  private final Map<String, List<String>> terms = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param tensors the checkpoint's by name
   * @param reader reads scales and zero points
   */
  QuantisedTensors(Map<String, TensorInfo> tensors, TensorReader reader) {
    this.tensors = tensors;
    this.reader = reader;
  }

  /** What integers are explained, by tensor. */
  Map<String, Quantisation> found() {
    return found;
  }

  /** The tensors that hold scales and zero points along an axis, by the tensor that they are of. */
  Map<String, List<String>> terms() {
    return terms;
  }

  /** Scales that fit no tensor. */
  List<String> notes() {
    return notes;
  }

  /** Reads the nodes of the main graph. */
  QuantisedTensors scan(GraphProto graph) throws IOException {
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
      node.getInputList()
          .forEach(input -> users.computeIfAbsent(input, i -> new ArrayList<>()).add(node));
    }
    for (NodeProto node : graph.getNodeList()) {
      switch (node.getOpType()) {
        case "DequantizeLinear" ->
            add(input(node, 0), axis(node), List.of(input(node, 1)), input(node, 2));
        case "QLinearConv" -> {
          add(input(node, 3), 0, List.of(input(node, 4)), input(node, 5));
          add(input(node, 8), 0, List.of(input(node, 1), input(node, 4)), "");
        }
        case "QLinearMatMul" -> {
          add(input(node, 0), -2, List.of(input(node, 1)), input(node, 2));
          add(input(node, 3), -1, List.of(input(node, 4)), input(node, 5));
        }
        case "QGemm" -> {
          add(input(node, 3), isTurned(node) ? 0 : 1, List.of(input(node, 4)), input(node, 5));
          add(input(node, 6), -1, List.of(input(node, 1), input(node, 4)), "");
        }
        case "DynamicQuantizeMatMul" ->
            add(input(node, 1), -1, List.of(input(node, 2)), input(node, 3));
        case "MatMulIntegerToFloat" ->
            add(input(node, 1), -1, List.of(input(node, 3)), input(node, 5));
        case "ConvInteger" -> add(input(node, 1), 0, scaleBehind(node), input(node, 3));
        case "MatMulInteger" -> add(input(node, 1), -1, scaleBehind(node), input(node, 3));
        default -> {}
      }
    }
    return this;
  }

  /** Inputs that are left out are empty. */
  private static String input(NodeProto node, int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  private static long axis(NodeProto node) {
    return integer(node, "axis", 1);
  }

  /** Whether the weight of a product has a row for each output. */
  private static boolean isTurned(NodeProto node) {
    return integer(node, "transB", 0) == 1;
  }

  private static long integer(NodeProto node, String name, long otherwise) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute.getI();
      }
    }
    return otherwise;
  }

  /** The stored scale that a product of integers is multiplied with; none if it is not plain. */
  private List<String> scaleBehind(NodeProto product) {
    NodeProto next = onlyUser(product.getOutput(0));
    if (next != null && next.getOpType().equals("Cast")) {
      next = onlyUser(next.getOutput(0));
    }
    return next == null || !next.getOpType().equals("Mul") ? List.of() : storedFactors(next, 2);
  }

  private List<String> storedFactors(NodeProto product, int depth) {
    List<String> stored = new ArrayList<>();
    for (String factor : product.getInputList()) {
      NodeProto producer = producers.get(factor);
      if (tensors.containsKey(factor)) {
        stored.add(factor);
      } else if (depth > 0 && producer != null && producer.getOpType().equals("Mul")) {
        stored.addAll(storedFactors(producer, depth - 1));
      }
    }
    return stored;
  }

  private NodeProto onlyUser(String value) {
    List<NodeProto> all = users.getOrDefault(value, List.of());
    return all.size() == 1 ? all.get(0) : null;
  }

  /**
   * @param axis that scales run along, from the end if negative
   * @param factors names of tensors whose product is the scale
   */
  private void add(String name, long axis, List<String> factors, String zeroPoint)
      throws IOException {
    TensorInfo tensor = tensors.get(name);
    if (tensor == null || tensor.dtype().floating() || found.containsKey(name)) {
      return;
    }
    float[] scales = {1};
    for (String factor : factors) {
      float[] values = values(factor);
      scales = values == null ? null : product(scales, values);
      if (scales == null) {
        notes.add("scales of '" + name + "' cannot be read; its integers are taken as they are");
        return;
      }
    }
    float[] zeros = zeroPoint.isEmpty() ? new float[] {0} : values(zeroPoint);
    int rank = tensor.shape().rank();
    int along = scales.length == 1 ? -1 : (int) (axis < 0 ? axis + rank : axis);
    boolean fits =
        zeros != null
            && (zeros.length == 1 || zeros.length == scales.length)
            && (scales.length == 1
                || (along >= 0 && along < rank && tensor.shape().length(along) == scales.length));
    if (!fits) {
      notes.add(
          "%d scales do not fit '%s' of shape %s; its integers are taken as they are"
              .formatted(scales.length, name, tensor.shape()));
      return;
    }
    long[] zeroPoints = new long[scales.length];
    for (int i = 0; i < zeroPoints.length; i++) {
      zeroPoints[i] = (long) zeros[zeros.length == 1 ? 0 : i];
    }
    found.put(name, new Quantisation(along, scales, zeroPoints));
    if (along >= 0) {
      List<String> moving = new ArrayList<>(factors);
      moving.add(zeroPoint);
      moving.removeIf(t -> !tensors.containsKey(t) || tensors.get(t).shape().elements() == 1);
      terms.put(name, moving);
    }
  }

  private static float[] product(float[] a, float[] b) {
    if (a.length != b.length && a.length != 1 && b.length != 1) {
      return null;
    }
    float[] product = new float[Math.max(a.length, b.length)];
    for (int i = 0; i < product.length; i++) {
      product[i] = a[a.length == 1 ? 0 : i] * b[b.length == 1 ? 0 : i];
    }
    return product;
  }

  private float[] values(String name) throws IOException {
    TensorInfo tensor = tensors.get(name);
    if (tensor == null
        || !tensor.dtype().decodable()
        || tensor.dtype() == DType.BOOL
        || tensor.shape().elements() == 0
        || tensor.shape().elements() > MOST_SCALES) {
      return null;
    }
    return reader.readFloats(tensor);
  }
}
