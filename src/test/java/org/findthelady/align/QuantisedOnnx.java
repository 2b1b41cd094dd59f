package org.findthelady.align;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Quantises a float ONNX model to int8 weights as ONNX Runtime's own tool names them: symmetric, a
 * scale for every output channel or one for the tensor.
 */
public final class QuantisedOnnx {
  private static final int FLOAT = 1;
  private static final int INT8 = 3;
  private static final int INT32 = 6;

  /** How weights are kept. */
  public enum Form {
    /** DequantizeLinear in front of every Conv and Gemm, a scale per channel. */
    QDQ_PER_CHANNEL,
    /** The same, a scale per tensor. */
    QDQ_PER_TENSOR,
    /** Every Conv a QLinearConv with an int32 bias, every Gemm as in QDQ. */
    QLINEAR_CONV,
    /** Every Gemm a MatMulInteger on a transposed weight, Conv a ConvInteger. */
    INTEGER
  }

  private final ModelProto model;
  private final Form form;
  private final GraphProto.Builder graph;
  private final Map<String, TensorProto> weights = new HashMap<>();
  private final Set<String> replaced = new HashSet<>();
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, Float> ranges;

  private QuantisedOnnx(ModelProto model, Form form, Map<String, Float> ranges) {
    this.model = model;
    this.form = form;
    this.ranges = ranges;
    this.graph = model.getGraph().toBuilder();
    model.getGraph().getInitializerList().forEach(t -> weights.put(t.getName(), t));
  }

  /** Writes the quantised model. */
  public static Path write(Path source, Form form, Path target) throws IOException {
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(source));
    Map<String, Float> ranges = form == Form.QLINEAR_CONV ? ranges(model) : Map.of();
    Files.write(target, new QuantisedOnnx(model, form, ranges).build().toByteArray());
    return target;
  }

  private ModelProto build() {
    for (NodeProto node : model.getGraph().getNodeList()) {
      boolean convolution = node.getOpType().equals("Conv");
      boolean linear = node.getOpType().equals("Gemm");
      if (!convolution && !linear) {
        nodes.add(node);
      } else if (form == Form.QLINEAR_CONV && convolution) {
        qlinear(node);
      } else if (form == Form.INTEGER && !grouped(node)) {
        integer(node, convolution);
      } else {
        dequantised(node);
      }
    }
    graph.clearNode().addAllNode(nodes);
    List<TensorProto> kept =
        graph.getInitializerList().stream().filter(t -> !replaced.contains(t.getName())).toList();
    graph.clearInitializer().addAllInitializer(kept);
    Set<String> stored = new HashSet<>();
    model.getGraph().getInitializerList().forEach(t -> stored.add(t.getName()));
    List<ValueInfoProto> inputs =
        graph.getInputList().stream().filter(i -> !stored.contains(i.getName())).toList();
    graph.clearInput().addAllInput(inputs);
    return model.toBuilder()
        .setIrVersion(8)
        .clearOpsetImport()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .setGraph(graph)
        .build();
  }

  private static boolean grouped(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(a -> a.getName().equals("group") && a.getI() > 1);
  }

  private void dequantised(NodeProto node) {
    String weight = node.getInput(1);
    scales(weight, form != Form.QDQ_PER_TENSOR, false);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType("DequantizeLinear")
            .addInput(weight + "_quantized")
            .addInput(weight + "_scale")
            .addInput(weight + "_zero_point")
            .addOutput(weight)
            .addAttribute(integer("axis", 0))
            .build());
    nodes.add(node);
  }

  private void qlinear(NodeProto node) {
    String weight = node.getInput(1);
    String x = node.getInput(0);
    String y = node.getOutput(0);
    float[] scales = scales(weight, true, false);
    float xScale = ranges.get(x) / 127;
    number(y + "_x_scale", xScale);
    number(y + "_scale", ranges.get(y) / 127);
    byteNumber(y + "_zero", INT8);
    TensorProto bias = weights.get(node.getInput(2));
    ByteBuffer integers = ByteBuffer.allocate(4 * scales.length).order(ByteOrder.LITTLE_ENDIAN);
    float[] biases = floats(bias);
    for (int c = 0; c < scales.length; c++) {
      integers.putInt(Math.round(biases[c] / (scales[c] * xScale)));
    }
    replaced.add(bias.getName());
    graph.addInitializer(
        tensor(bias.getName() + "_quantized", INT32, integers.array(), scales.length));
    nodes.add(plain("QuantizeLinear", y + "_x_quantized", x, y + "_x_scale", y + "_zero"));
    nodes.add(
        plain(
                "QLinearConv",
                y + "_quantized",
                y + "_x_quantized",
                y + "_x_scale",
                y + "_zero",
                weight + "_quantized",
                weight + "_scale",
                weight + "_zero_point",
                y + "_scale",
                y + "_zero",
                bias.getName() + "_quantized")
            .toBuilder()
            .addAllAttribute(node.getAttributeList())
            .build());
    nodes.add(plain("DequantizeLinear", y, y + "_quantized", y + "_scale", y + "_zero"));
  }

  private void integer(NodeProto node, boolean convolution) {
    String weight = node.getInput(1);
    String y = node.getOutput(0);
    scales(weight, !convolution, !convolution);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType("DynamicQuantizeLinear")
            .addInput(node.getInput(0))
            .addOutput(y + "_x")
            .addOutput(y + "_x_scale")
            .addOutput(y + "_x_zero")
            .build());
    nodes.add(
        plain(
                convolution ? "ConvInteger" : "MatMulInteger",
                y + "_integer",
                y + "_x",
                weight + "_quantized",
                y + "_x_zero",
                weight + "_zero_point")
            .toBuilder()
            .addAllAttribute(convolution ? node.getAttributeList() : List.of())
            .build());
    nodes.add(
        plain("Cast", y + "_cast", y + "_integer").toBuilder()
            .addAttribute(integer("to", FLOAT))
            .build());
    nodes.add(plain("Mul", y + "_scales", y + "_x_scale", weight + "_scale"));
    nodes.add(plain("Mul", y + "_product", y + "_cast", y + "_scales"));
    String bias = node.getInput(2);
    if (convolution) {
      TensorProto stored = weights.get(bias);
      String shaped = bias + "_shaped";
      graph.addInitializer(tensor(shaped + "_shape", 7, longs(1, stored.getDims(0), 1, 1), 4));
      nodes.add(plain("Reshape", shaped, bias, shaped + "_shape"));
      bias = shaped;
    }
    nodes.add(plain("Add", y, y + "_product", bias));
  }

  /** Quantises a weight and returns its scales. */
  private float[] scales(String name, boolean perChannel, boolean transposed) {
    TensorProto weight = weights.get(name);
    float[] values = floats(weight);
    int rows = (int) weight.getDims(0);
    int width = values.length / rows;
    float[] scales = new float[perChannel ? rows : 1];
    for (int i = 0; i < values.length; i++) {
      int c = perChannel ? i / width : 0;
      scales[c] = Math.max(scales[c], Math.abs(values[i]) / 127);
    }
    byte[] integers = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      int at = transposed ? i % width * rows + i / width : i;
      integers[at] = (byte) Math.round(values[i] / scales[perChannel ? i / width : 0]);
    }
    long[] dims = weight.getDimsList().stream().mapToLong(Long::longValue).toArray();
    if (transposed) {
      dims = new long[] {dims[1], dims[0]};
    }
    ByteBuffer packed = ByteBuffer.allocate(4 * scales.length).order(ByteOrder.LITTLE_ENDIAN);
    packed.asFloatBuffer().put(scales);
    long[] along = perChannel ? new long[] {rows} : new long[0];
    replaced.add(name);
    graph.addInitializer(tensor(name + "_quantized", INT8, integers, dims));
    graph.addInitializer(tensor(name + "_scale", FLOAT, packed.array(), along));
    graph.addInitializer(tensor(name + "_zero_point", INT8, new byte[scales.length], along));
    return scales;
  }

  private void number(String name, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value);
    graph.addInitializer(tensor(name, FLOAT, bytes.array()));
  }

  private void byteNumber(String name, int type) {
    graph.addInitializer(tensor(name, type, new byte[1]));
  }

  private static byte[] longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes.array();
  }

  private static NodeProto plain(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static TensorProto tensor(String name, int type, byte[] bytes, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
    for (long length : dims) {
      tensor.addDims(length);
    }
    return tensor.setRawData(ByteString.copyFrom(bytes)).build();
  }

  private static float[] floats(TensorProto tensor) {
    if (tensor.getFloatDataCount() > 0) {
      float[] values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
      return values;
    }
    FloatBuffer buffer =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /** Largest absolute value of every convolution's input and output on one random input. */
  private static Map<String, Float> ranges(ModelProto model) {
    Set<String> wanted = new HashSet<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (node.getOpType().equals("Conv")) {
        wanted.add(node.getInput(0));
        wanted.add(node.getOutput(0));
      }
    }
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    Map<String, Float> ranges = new HashMap<>();
    for (String value : wanted) {
      if (graph.getInputList().stream().noneMatch(i -> i.getName().equals(value))) {
        graph.addOutput(
            ValueInfoProto.newBuilder()
                .setName(value)
                .setType(
                    TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))));
      } else {
        ranges.put(value, 1f);
      }
    }
    run(model.toBuilder().setGraph(graph).build().toByteArray())
        .forEach(
            (name, values) -> {
              float most = 1e-6f;
              for (float value : values) {
                most = Math.max(most, Math.abs(value));
              }
              ranges.put(name, most);
            });
    return ranges;
  }

  private static OrtSession quiet(
      OrtEnvironment environment, OrtSession.SessionOptions options, byte[] model)
      throws OrtException {
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    return environment.createSession(model, options);
  }

  /** All float outputs of a model on a seeded input. */
  public static Map<String, float[]> run(byte[] model) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = quiet(environment, options, model)) {
      GraphProto graph = ModelProto.parseFrom(model).getGraph();
      Set<String> stored = new HashSet<>();
      graph.getInitializerList().forEach(t -> stored.add(t.getName()));
      ValueInfoProto input =
          graph.getInputList().stream()
              .filter(i -> !stored.contains(i.getName()))
              .findFirst()
              .orElseThrow();
      long[] shape =
          input.getType().getTensorType().getShape().getDimList().stream()
              .mapToLong(d -> Math.max(1, d.getDimValue()))
              .toArray();
      int count = 1;
      for (long length : shape) {
        count = Math.multiplyExact(count, Math.toIntExact(length));
      }
      SplittableRandom random = new SplittableRandom(11);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      Map<String, float[]> outputs = new HashMap<>();
      try (OnnxTensor tensor =
              OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
          OrtSession.Result result = session.run(Map.of(input.getName(), tensor))) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
          float[] out = new float[buffer.remaining()];
          buffer.get(out);
          outputs.put(entry.getKey(), out);
        }
      }
      return outputs;
    } catch (OrtException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
