package org.findthelady.structure.prove;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.graph.GraphWeights;
import org.findthelady.structure.trace.Constant;

/** A network in ONNX Runtime, run on one seeded input with weights moved in different ways. */
final class Network implements AutoCloseable {
  private static final int LARGE_BYTES = 1 << 16;

  private final OrtEnvironment environment = OnnxRuntime.environment();
  private final OnnxModel model;
  private final Map<String, TensorInfo> tensors;
  private final GraphWeights weights;
  private final Set<String> wanted = new LinkedHashSet<>();
  private final Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> originals = new LinkedHashMap<>();
  private Set<String> inlined = Set.of();
  private OrtSession session;
  private final Map<String, long[]> inputShapes;
  private final Set<String> seeded = new LinkedHashSet<>();
  private final List<Output> outputs;

  /**
   * What a network gave.
   *
   * @param values row-major
   * @param width length of the last axis; 1 for a scalar
   */
  record Output(float[] values, int width) {}

  Network(
      OnnxModel model,
      Map<String, TensorInfo> tensors,
      GraphWeights weights,
      Map<String, long[]> inputShapes,
      Set<String> moving,
      long seed)
      throws IOException, OrtException {
    this.model = model;
    this.tensors = tensors;
    this.weights = weights;
    this.inputShapes = inputShapes;
    wanted.addAll(moving);
    tensors.values().stream()
        .filter(t -> t.length() > LARGE_BYTES && t.dtype().floating())
        .forEach(t -> wanted.add(t.name()));
    session = open(Map.of());
    Set<String> names = session.getInputNames();
    for (TensorInfo tensor : tensors.values()) {
      if (names.contains(tensor.name())) {
        ByteBuffer bytes = weights.read(tensor);
        originals.put(tensor.name(), bytes);
        feeds.put(tensor.name(), tensor(tensor, bytes));
      }
    }
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      if (!feeds.containsKey(input.getKey())) {
        seeded.add(input.getKey());
        feeds.put(input.getKey(), seeded(input.getValue(), seed));
      }
    }
    outputs = run(Map.of());
  }

  private OrtSession open(Map<String, int[][]> moves) throws OrtException {
    LiftedModel lifted = new LiftedModel(model, wanted);
    byte[] bytes = lifted.build(name -> inlined(name, moves.get(name)));
    inlined = lifted.inlined();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setIntraOpNumThreads(Math.min(4, Runtime.getRuntime().availableProcessors()));
      return environment.createSession(bytes, options);
    }
  }

  private ByteString inlined(String name, int[][] gathers) {
    TensorInfo tensor = tensors.get(name);
    try {
      ByteBuffer bytes = weights.read(tensor);
      return ByteString.copyFrom(gathers == null ? bytes : moved(tensor, bytes, gathers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private OnnxTensor tensor(TensorInfo tensor, ByteBuffer bytes) throws OrtException {
    OnnxJavaType type =
        switch (tensor.dtype()) {
          case F32 -> OnnxJavaType.FLOAT;
          case F64 -> OnnxJavaType.DOUBLE;
          case F16 -> OnnxJavaType.FLOAT16;
          case BF16 -> OnnxJavaType.BFLOAT16;
          case I64 -> OnnxJavaType.INT64;
          case I32 -> OnnxJavaType.INT32;
          case I16 -> OnnxJavaType.INT16;
          case I8 -> OnnxJavaType.INT8;
          case U8 -> OnnxJavaType.UINT8;
          default -> throw new IllegalArgumentException("cannot feed " + tensor);
        };
    return OnnxTensor.createTensor(
        environment,
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN),
        tensor.shape().toArray(),
        type);
  }

  /** What the network gives for the inputs of another seed. */
  List<Output> outputs(long seed) throws IOException, OrtException {
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      if (seeded.contains(input.getKey())) {
        feeds.put(input.getKey(), seeded(input.getValue(), seed)).close();
      }
    }
    return run(Map.of());
  }

  private OnnxTensor seeded(NodeInfo input, long seed) throws OrtException {
    ai.onnxruntime.TensorInfo info = (ai.onnxruntime.TensorInfo) input.getInfo();
    long[] shape = inputShapes.getOrDefault(input.getName(), info.getShape()).clone();
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] > 0 ? shape[axis] : axis == 0 ? 1 : 8;
    }
    int count = Math.toIntExact(Constant.elements(shape));
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(8, count)).order(ByteOrder.LITTLE_ENDIAN);
    boolean floats = info.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    boolean longs = info.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
    boolean bits = info.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    if (!floats && !longs && !bits) {
      throw new IllegalArgumentException("input " + input.getName() + " of type " + info.type);
    }
    for (int i = 0; i < count; i++) {
      if (floats) {
        bytes.putFloat((float) (2 * random.nextDouble() - 1));
      } else if (longs) {
        bytes.putLong(random.nextInt(2));
      } else {
        bytes.put((byte) random.nextInt(256));
      }
    }
    bytes.flip();
    OnnxJavaType type =
        floats ? OnnxJavaType.FLOAT : longs ? OnnxJavaType.INT64 : OnnxJavaType.UINT8;
    return OnnxTensor.createTensor(environment, bytes, shape, type);
  }

  /** Largest difference of any output with the weights moved, relative to that output's largest. */
  double difference(Map<String, int[][]> moves) throws IOException, OrtException {
    List<Output> changed = run(moves);
    double worst = 0;
    for (int i = 0; i < changed.size(); i++) {
      worst = Math.max(worst, difference(outputs.get(i).values(), changed.get(i).values()));
    }
    return worst;
  }

  private static double difference(float[] original, float[] changed) {
    if (original.length != changed.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double apart = 0;
    int top = 0;
    int changedTop = 0;
    for (int i = 0; i < original.length; i++) {
      if (!Float.isFinite(original[i])) {
        return Double.NaN;
      }
      largest = Math.max(largest, Math.abs(original[i]));
      double difference = Math.abs((double) original[i] - changed[i]);
      apart = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(apart, difference);
      top = original[i] > original[top] ? i : top;
      changedTop = changed[i] > changed[changedTop] ? i : changedTop;
    }
    // The same argmax, unless the two were a tie to begin with.
    boolean tied =
        original.length == 0
            || Math.abs((double) original[top] - original[changedTop]) <= Proof.TOLERANCE * largest;
    if (top != changedTop && !tied) {
      return Double.POSITIVE_INFINITY;
    }
    return apart == 0 ? 0 : apart / largest;
  }

  private List<Output> run(Map<String, int[][]> moves) throws IOException, OrtException {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>(feeds);
    List<OnnxTensor> made = new ArrayList<>();
    OrtSession used = session;
    try {
      for (Map.Entry<String, int[][]> move : moves.entrySet()) {
        if (originals.containsKey(move.getKey())) {
          TensorInfo tensor = tensors.get(move.getKey());
          ByteBuffer bytes = moved(tensor, originals.get(move.getKey()), move.getValue());
          OnnxTensor fed = tensor(tensor, bytes);
          made.add(fed);
          inputs.put(move.getKey(), fed);
        }
      }
      if (moves.keySet().stream().anyMatch(inlined::contains)) {
        used = open(moves);
      }
      try (OrtSession.Result result = used.run(inputs)) {
        List<Output> values = new ArrayList<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          OnnxTensor tensor = (OnnxTensor) output.getValue();
          long[] shape = tensor.getInfo().getShape();
          int width = shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
          values.add(new Output(floats(tensor), width));
        }
        return values;
      }
    } finally {
      made.forEach(OnnxTensor::close);
      if (used != session) {
        used.close();
      }
    }
  }

  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    if (buffer != null) {
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
    ByteBuffer bytes = tensor.getByteBuffer();
    float[] values = new float[bytes.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.get() & 0xff;
    }
    return values;
  }

  private static ByteBuffer moved(TensorInfo tensor, ByteBuffer original, int[][] gathers)
      throws IOException {
    ByteBuffer target =
        ByteBuffer.allocateDirect(original.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    TensorReader reader =
        new TensorReader() {
          @Override
          public void read(TensorInfo wanted, long firstByte, ByteBuffer out) {
            int count = out.remaining();
            out.put(original.slice((int) firstByte, count));
          }

          @Override
          public void close() {}
        };
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            target.put((byte) b);
          }

          @Override
          public void write(byte[] bytes, int offset, int count) {
            target.put(bytes, offset, count);
          }
        };
    new TensorMover(16L << 20).write(out, reader, new Move(tensor, gathers));
    return target.flip();
  }

  @Override
  public void close() throws OrtException {
    feeds.values().forEach(OnnxTensor::close);
    session.close();
  }
}
