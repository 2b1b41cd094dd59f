package org.findthelady.structure.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.trace.GraphWalk;

/**
 * Seeded random weights for a graph whose weights are inputs without values: the true topology at
 * full size. Every graph input after the first is a weight. GraphWeights that sum over a fan-in of
 * n have variance 2/n, so that signals neither vanish nor explode; scales and variances lie between
 * 0.5 and 1.5, biases and means are small; integers are zero. A tensor depends on its name and the
 * seed only.
 */
public final class GraphFiller implements GraphWeights {
  private static final int CHUNK = 1 << 14;

  private enum FillRole {
    SUMMED,
    SCALE,
    OFFSET
  }

  private record Use(FillRole role, long fanIn) {}

  private final OnnxModel model;
  private final long seed;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, Use> uses = new HashMap<>();

  /** Fills the inputs after the first of {@code model}. */
  public GraphFiller(OnnxModel model, long seed) {
    this.model = model;
    this.seed = seed;
    GraphProto graph = model.proto().getGraph();
    for (ValueInfoProto input : graph.getInputList().subList(1, graph.getInputCount())) {
      int type = input.getType().getTensorType().getElemType();
      DType dtype = type == 7 ? DType.I64 : DType.F32;
      Shape shape = Shape.of(GraphWalk.dims(input));
      tensors.put(
          input.getName(), new TensorInfo(input.getName(), dtype, shape, 0, 0, dtype.bytes(shape)));
    }
    graph.getNodeList().forEach(this::note);
  }

  private void note(NodeProto node) {
    for (int i = 0; i < node.getInputCount(); i++) {
      TensorInfo tensor = tensors.get(node.getInput(i));
      if (tensor != null) {
        uses.putIfAbsent(tensor.name(), use(node, i, tensor.shape()));
      }
    }
  }

  private static Use use(NodeProto node, int input, Shape shape) {
    int rank = shape.rank();
    return switch (node.getOpType()) {
      case "BatchNormalization" ->
          new Use(input == 1 || input == 4 ? FillRole.SCALE : FillRole.OFFSET, 1);
      case "LayerNormalization", "InstanceNormalization", "GroupNormalization" ->
          new Use(input == 1 ? FillRole.SCALE : FillRole.OFFSET, 1);
      case "Mul", "Div" -> new Use(FillRole.SCALE, 1);
      case "Conv", "Gemm", "Transpose" ->
          rank < 2
              ? new Use(FillRole.OFFSET, 1)
              : new Use(
                  FillRole.SUMMED, transposed(node) ? shape.elements(1, rank) : shape.length(0));
      case "ConvTranspose" ->
          rank < 2
              ? new Use(FillRole.OFFSET, 1)
              : new Use(FillRole.SUMMED, shape.length(0) * shape.elements(2, rank) / 4);
      case "MatMul" -> new Use(FillRole.SUMMED, rank < 2 ? 1 : shape.length(rank - 2));
      default -> new Use(FillRole.OFFSET, 1);
    };
  }

  private static boolean transposed(NodeProto node) {
    return !node.getOpType().equals("Gemm")
        || node.getAttributeList().stream()
            .anyMatch(a -> a.getName().equals("transB") && a.getI() != 0);
  }

  /** The weights by name; offsets are zero. */
  public Map<String, TensorInfo> tensors() {
    return java.util.Collections.unmodifiableMap(tensors);
  }

  /** The names of the weights, for {@link OnnxTracer#withWeightInputs}. */
  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  @Override
  public ByteBuffer read(TensorInfo tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(tensor.length())).order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.dtype() == DType.F32) {
      Source source = new Source(tensor);
      while (bytes.hasRemaining()) {
        bytes.putFloat(source.next());
      }
      bytes.flip();
    }
    return bytes;
  }

  /** The numbers of one tensor in order. */
  private final class Source {
    private final SplittableRandom random;
    private final Use use;
    private final double deviation;

    Source(TensorInfo tensor) {
      // Mixed, since a generator of seed + gamma is that of seed, one number later.
      long mixed = new SplittableRandom(seed).nextLong();
      random = new SplittableRandom(mixed ^ tensor.name().hashCode());
      use = uses.getOrDefault(tensor.name(), new Use(FillRole.OFFSET, 1));
      deviation = Math.sqrt(2.0 / Math.max(1, use.fanIn()));
    }

    float next() {
      return switch (use.role()) {
        case SUMMED -> (float) (deviation * gaussian());
        case SCALE -> (float) (0.5 + random.nextDouble());
        case OFFSET -> (float) (0.1 * gaussian());
      };
    }

    /** A sum of four uniform numbers, centred, of variance 1: quick, and close enough to normal. */
    private double gaussian() {
      long bits = random.nextLong();
      double sum =
          (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
      return (sum / 65536.0 - 2) * 1.7320508075688772;
    }
  }

  /**
   * Writes the graph as a model file with its weights as initialisers.
   *
   * @throws IllegalArgumentException if it would not fit the 2 GB of an ONNX file
   */
  public void write(OutputStream target) throws IOException {
    ModelProto proto = model.proto();
    GraphProto.Builder bare = proto.getGraph().toBuilder();
    for (int i = bare.getInputCount() - 1; i >= 0; i--) {
      if (tensors.containsKey(bare.getInput(i).getName())) {
        bare.removeInput(i);
      }
    }
    ByteString graph = bare.build().toByteString();
    long total = graph.size();
    for (TensorInfo tensor : tensors.values()) {
      long message = messageBytes(tensor);
      total += 1 + CodedOutputStream.computeUInt64SizeNoTag(message) + message;
    }
    if (total > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(total + " bytes of weights for one ONNX file");
    }
    CodedOutputStream out = CodedOutputStream.newInstance(target, 1 << 16);
    proto.toBuilder().clearGraph().build().writeTo(out);
    out.writeTag(7, 2);
    out.writeUInt64NoTag(total);
    out.writeRawBytes(graph);
    for (TensorInfo tensor : tensors.values()) {
      out.writeTag(5, 2);
      out.writeUInt64NoTag(messageBytes(tensor));
      header(tensor).writeTo(out);
      out.writeTag(9, 2);
      out.writeUInt64NoTag(tensor.length());
      writeData(tensor, out);
    }
    out.flush();
  }

  private void writeData(TensorInfo tensor, CodedOutputStream out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    Source source = new Source(tensor);
    for (long left = tensor.length(); left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, left));
      Arrays.fill(chunk.array(), (byte) 0);
      while (tensor.dtype() == DType.F32 && chunk.hasRemaining()) {
        chunk.putFloat(source.next());
      }
      out.writeRawBytes(chunk.array(), 0, chunk.limit());
    }
  }

  private static TensorProto header(TensorInfo tensor) {
    TensorProto.Builder header =
        TensorProto.newBuilder()
            .setName(tensor.name())
            .setDataType(tensor.dtype() == DType.I64 ? 7 : 1);
    for (long length : tensor.shape().toArray()) {
      header.addDims(length);
    }
    return header.build();
  }

  private static long messageBytes(TensorInfo tensor) {
    return header(tensor).getSerializedSize()
        + 1
        + CodedOutputStream.computeUInt64SizeNoTag(tensor.length())
        + tensor.length();
  }
}
