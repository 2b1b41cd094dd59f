package org.findthelady.structure.prove;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.structure.trace.Constant;

/**
 * A model whose weights of the main graph are graph inputs, so that one session runs it with any
 * weights. GraphWeights inside nested graphs and functions cannot be fed; they are written into it.
 */
final class LiftedModel {
  private final OnnxModel model;
  private final Set<String> wanted;
  private final Set<String> inlined = new LinkedHashSet<>();

  /**
   * @param wanted tensors that will be fed, by checkpoint name
   */
  LiftedModel(OnnxModel model, Set<String> wanted) {
    this.model = model;
    this.wanted = wanted;
  }

  /**
   * Builds the model.
   *
   * @param bytes packed elements of a tensor, for those that must be written in
   */
  byte[] build(Function<String, ByteString> bytes) {
    ModelProto proto = model.proto();
    GraphProto graph = proto.getGraph();
    GraphProto.Builder out = graph.toBuilder().clearInitializer().clearNode().clearValueInfo();
    Set<String> inputs = new HashSet<>();
    graph.getInputList().forEach(i -> inputs.add(i.getName()));
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = model.nameOf(tensor);
      if (wanted.contains(name) && name.equals(tensor.getName())) {
        if (inputs.add(name)) {
          out.addInput(input(tensor, name));
        }
      } else {
        out.addInitializer(complete(tensor, bytes));
      }
    }
    for (NodeProto node : graph.getNodeList()) {
      TensorProto constant = constant(node);
      String name = constant == null ? null : model.nameOf(constant);
      if (name != null && wanted.contains(name) && name.equals(node.getOutput(0))) {
        out.addInput(input(constant, name));
      } else {
        out.addNode(inside(node, bytes));
      }
    }
    ModelProto.Builder whole = proto.toBuilder().setGraph(out);
    for (int f = 0; f < whole.getFunctionsCount(); f++) {
      whole.setFunctions(
          f,
          whole.getFunctions(f).toBuilder()
              .clearNode()
              .addAllNode(
                  proto.getFunctions(f).getNodeList().stream()
                      .map(node -> inside(node, bytes))
                      .toList()));
    }
    return whole.build().toByteArray();
  }

  private static TensorProto constant(NodeProto node) {
    boolean plain =
        node.getOpType().equals("Constant")
            && node.getAttributeCount() == 1
            && node.getAttribute(0).hasT();
    return plain ? node.getAttribute(0).getT() : null;
  }

  private static ValueInfoProto input(TensorProto tensor, String name) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long length : tensor.getDimsList()) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length));
    }
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(tensor.getDataType()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private NodeProto inside(NodeProto node, Function<String, ByteString> bytes) {
    boolean holds =
        node.getAttributeList().stream()
            .anyMatch(a -> a.hasT() || a.hasG() || a.getTensorsCount() + a.getGraphsCount() > 0);
    if (!holds) {
      return node;
    }
    NodeProto.Builder out = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      AttributeProto.Builder changed = attribute.toBuilder();
      if (attribute.hasT()) {
        changed.setT(complete(attribute.getT(), bytes));
      }
      if (attribute.hasG()) {
        changed.setG(inside(attribute.getG(), bytes));
      }
      changed.clearTensors().clearGraphs();
      attribute.getTensorsList().forEach(t -> changed.addTensors(complete(t, bytes)));
      attribute.getGraphsList().forEach(g -> changed.addGraphs(inside(g, bytes)));
      out.addAttribute(changed);
    }
    return out.build();
  }

  private GraphProto inside(GraphProto graph, Function<String, ByteString> bytes) {
    GraphProto.Builder out = graph.toBuilder().clearInitializer().clearNode();
    graph.getInitializerList().forEach(t -> out.addInitializer(complete(t, bytes)));
    graph.getNodeList().forEach(n -> out.addNode(inside(n, bytes)));
    return out.build();
  }

  /** The tensor with its data written in, where it moves or lies outside the message. */
  private TensorProto complete(TensorProto tensor, Function<String, ByteString> bytes) {
    String name = model.nameOf(tensor);
    long elements = Constant.elements(tensor.getDimsList().stream().mapToLong(d -> d).toArray());
    boolean empty =
        elements > 0
            && !tensor.hasRawData()
            && tensor.getFloatDataCount()
                    + tensor.getInt32DataCount()
                    + tensor.getInt64DataCount()
                    + tensor.getDoubleDataCount()
                    + tensor.getUint64DataCount()
                    + tensor.getStringDataCount()
                == 0;
    if (name == null || !(empty || wanted.contains(name))) {
      return tensor;
    }
    if (wanted.contains(name)) {
      inlined.add(name);
    }
    try {
      return tensor.toBuilder()
          .clearDataLocation()
          .clearExternalData()
          .clearFloatData()
          .clearInt32Data()
          .clearInt64Data()
          .clearDoubleData()
          .clearUint64Data()
          .setRawData(bytes.apply(name))
          .build();
    } catch (UncheckedIOException e) {
      throw new UncheckedIOException(
          new IOException(model.name() + ": cannot read '" + name + "'", e));
    }
  }

  /** Wanted weights that were written in, after {@link #build}. */
  Set<String> inlined() {
    return inlined;
  }
}
