package org.findthelady.experiment;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;

/** Puts an ONNX graph together node by node; a value is the name of the tensor that holds it. */
final class WeightedGraphBuilder {
  private static final int OPSET = 13;
  private static final int IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("lab");
  private int values;

  /** A named input; its first axis may have any length. */
  String input(String name, Shape image) {
    graph.addInput(value(name, image));
    return name;
  }

  private static ValueInfoProto value(String name, Shape rest) {
    var shape = ai.onnx.proto.OnnxMl.TensorShapeProto.newBuilder();
    shape.addDim(ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (long length : rest.toArray()) {
      shape.addDim(
          ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(length));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** Weights of the graph. */
  String weights(String name, FloatTensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(DType.F32.bytes(tensor.shape()))];
    Floats.encode(DType.F32, tensor.values(), 0, tensor.values().length, ByteBuffer.wrap(bytes));
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(tensor.shape().toArray()).forEach(proto::addDims);
    graph.addInitializer(proto);
    return name;
  }

  /** A constant of whole numbers, one axis. */
  String integers(long... numbers) {
    String name = fresh();
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(numbers.length)
            .addAllInt64Data(Arrays.stream(numbers).boxed().toList()));
    return name;
  }

  /** A node with one output. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String name = fresh();
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
  }

  static AttributeProto integers(String name, long... numbers) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(Arrays.stream(numbers).boxed().toList())
        .build();
  }

  static AttributeProto integer(String name, long number) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(number)
        .build();
  }

  static AttributeProto number(String name, float number) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(number)
        .build();
  }

  /** Names a value as an output of that shape (beside the batch). */
  void output(String value, Shape rest) {
    graph.addOutput(value(value, rest));
  }

  /** The model's bytes. */
  byte[] build() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("find-the-lady")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private String fresh() {
    return "value" + values++;
  }
}
