package org.findthelady.structure.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.checkpoint.onnx.OnnxModel;

/**
 * Builds a graph whose weights are inputs without values. The first input is the data; names of
 * weights are given, names of values are made: {@code c} or {@code v} and a number.
 */
public final class GraphBuilder {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int OPSET = 17;
  private static final int IR_VERSION = 9;

  private final String name;
  private final int opset;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private int made;

  /** An empty graph of the operators that most of the code knows. */
  public GraphBuilder(String name) {
    this(name, OPSET);
  }

  public GraphBuilder(String name, int opset) {
    this.name = name;
    this.opset = opset;
    graph.setName(name);
  }

  /** A graph input of floats: the data, or a weight; a length of -1 is left open. */
  public String input(String input, long... shape) {
    return typedInput(input, FLOAT, shape);
  }

  String typedInput(String input, int type, long... shape) {
    graph.addInput(info(input, type, shape));
    return input;
  }

  private static ValueInfoProto info(String name, int type, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (long length : shape) {
      TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
      dims.addDim(length < 0 ? dim : dim.setDimValue(length));
    }
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type);
    if (shape.length > 0) {
      tensor.setShape(dims);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** Says the shape of a value that no operator tells; a length of -1 is left open. */
  public void declare(String value, long... shape) {
    graph.addValueInfo(info(value, FLOAT, shape));
  }

  /** An output whose shape is left to the reader. */
  public GraphBuilder output(String value) {
    return output(value, FLOAT);
  }

  GraphBuilder output(String value, int type) {
    graph.addOutput(info(value, type));
    return this;
  }

  /** A constant vector of integers. */
  public String integers(long... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(INT64).addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return constant(tensor);
  }

  /** A constant integer. */
  public String integer(long value) {
    return constant(TensorProto.newBuilder().setDataType(INT64).addInt64Data(value));
  }

  /** A constant float. */
  public String number(double value) {
    return constant(TensorProto.newBuilder().setDataType(FLOAT).addFloatData((float) value));
  }

  /** A constant vector of floats. */
  public String numbers(double... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(FLOAT).addDims(values.length);
    Arrays.stream(values).forEach(v -> tensor.addFloatData((float) v));
    return constant(tensor);
  }

  public String constant(TensorProto.Builder tensor) {
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor)
            .build();
    String output = "c" + made++;
    graph.addNode(
        NodeProto.newBuilder().setOpType("Constant").addOutput(output).addAttribute(value));
    return output;
  }

  /** A node with one output, whose name it gives. An empty input name is an input left out. */
  public String node(String type, List<String> inputs, AttributeProto... attributes) {
    return nodes(type, inputs, 1, attributes).get(0);
  }

  public List<String> nodes(
      String type, List<String> inputs, int outputs, AttributeProto... attributes) {
    String domain = type.contains(".") ? type.substring(0, type.lastIndexOf('.')) : "";
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(type.substring(type.lastIndexOf('.') + 1))
            .setDomain(domain)
            .setName("n" + made)
            .addAllInput(inputs)
            .addAllAttribute(List.of(attributes));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add("v" + made++);
    }
    graph.addNode(node.addAllOutput(names));
    return names;
  }

  /** An attribute of integers. */
  public static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  /** An attribute of one integer. */
  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** An attribute of one float. */
  public static AttributeProto number(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  /** An attribute of text. */
  public static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFrom(value, StandardCharsets.UTF_8))
        .build();
  }

  /** Convolution with square kernels, padded to keep the size at stride 1. */
  public String convolution(
      String x, String weight, long out, long in, int kernel, int stride, int groups) {
    String w = input(weight + ".weight", out, in / groups, kernel, kernel);
    return node(
        "Conv",
        List.of(x, w),
        ints("kernel_shape", kernel, kernel),
        ints("strides", stride, stride),
        ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2),
        integer("group", groups));
  }

  /** Batch normalisation with the four usual tensors. */
  public String batchNormalisation(String x, String prefix, long channels) {
    return node(
        "BatchNormalization",
        List.of(
            x,
            input(prefix + ".weight", channels),
            input(prefix + ".bias", channels),
            input(prefix + ".running_mean", channels),
            input(prefix + ".running_var", channels)));
  }

  ModelProto proto() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("findthelady")
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .build();
  }

  /** The graph as a model. */
  public OnnxModel model() {
    return OnnxModel.of(name, proto());
  }
}
