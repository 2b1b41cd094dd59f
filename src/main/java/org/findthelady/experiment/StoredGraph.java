package org.findthelady.experiment;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;

/** An ONNX file's graph with other weights in it. */
final class StoredGraph {
  private StoredGraph() {}

  /**
   * The graph's bytes, its first input taking any number of images at once.
   *
   * @param weights by the names of the graph's initialisers; one that is not there stays as it is
   */
  static byte[] with(OnnxModel model, LabModel weights) {
    ModelProto.Builder changed = model.proto().toBuilder();
    GraphProto.Builder graph = changed.getGraphBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      String name = model.nameOf(model.proto().getGraph().getInitializer(i));
      if (name != null && weights.has(name)) {
        graph.setInitializer(i, filled(graph.getInitializer(i), weights.tensor(name)));
      }
    }
    graph
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .setDim(0, Dimension.newBuilder().setDimParam("batch"));
    graph.getOutputBuilderList().forEach(output -> output.clearType());
    return changed.build().toByteArray();
  }

  private static TensorProto filled(TensorProto tensor, FloatTensor values) {
    byte[] bytes = new byte[Math.toIntExact(DType.F32.bytes(values.shape()))];
    Floats.encode(DType.F32, values.values(), 0, values.values().length, ByteBuffer.wrap(bytes));
    return tensor.toBuilder()
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .clearFloatData()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }
}
