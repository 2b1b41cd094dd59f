package org.findthelady.job;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** A perceptron of two layers as ONNX, its weights in a file beside the model. */
final class OutsideOnnx {
  private static final int INPUTS = 24;
  private static final int HIDDEN = 40;
  private static final int OUTPUTS = 8;

  private final ByteBuffer data =
      ByteBuffer.allocate(4 * HIDDEN * (INPUTS + 1 + OUTPUTS)).order(ByteOrder.LITTLE_ENDIAN);
  private final SplittableRandom random = new SplittableRandom(7);
  private final String dataFile;

  private OutsideOnnx(String dataFile) {
    this.dataFile = dataFile;
  }

  /** Writes the model and its data file, always the same weights. */
  static Path write(Path model, String dataFile) throws IOException {
    OutsideOnnx outside = new OutsideOnnx(dataFile);
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", INPUTS))
            .addOutput(value("y", OUTPUTS))
            .addInitializer(outside.tensor("w0", HIDDEN, INPUTS))
            .addInitializer(outside.tensor("b0", HIDDEN))
            .addInitializer(outside.tensor("w1", OUTPUTS, HIDDEN))
            .addNode(gemm("a", "x", "w0", "b0"))
            .addNode(NodeProto.newBuilder().setOpType("Relu").addInput("a").addOutput("r"))
            .addNode(gemm("y", "r", "w1"))
            .build();
    ModelProto proto =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    Files.createDirectories(model.resolveSibling(dataFile).getParent());
    Files.write(model.resolveSibling(dataFile), outside.data.array());
    return Files.write(model, proto.toByteArray());
  }

  private TensorProto tensor(String name, int... dims) {
    int offset = data.position();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    int count = 1;
    for (int dim : dims) {
      tensor.addDims(dim);
      count *= dim;
    }
    for (int i = 0; i < count; i++) {
      data.putFloat((float) (random.nextDouble() - 0.5));
    }
    Map.of("location", dataFile, "offset", "" + offset, "length", "" + 4 * count)
        .forEach(
            (key, entry) ->
                tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(entry)));
    return tensor.build();
  }

  private static NodeProto gemm(String output, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType("Gemm").addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node.addAttribute(
            AttributeProto.newBuilder()
                .setName("transB")
                .setI(1)
                .setType(AttributeProto.AttributeType.INT))
        .build();
  }

  private static ValueInfoProto value(String name, int length) {
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(1);
    type.getShapeBuilder().addDimBuilder().setDimValue(1);
    type.getShapeBuilder().addDimBuilder().setDimValue(length);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
