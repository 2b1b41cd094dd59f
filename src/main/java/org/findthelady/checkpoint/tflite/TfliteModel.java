package org.findthelady.checkpoint.tflite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * The constant tensors of a TensorFlow Lite model. Scales and zero points along an axis are tensors
 * themselves, named {@code <tensor>/scale} and {@code <tensor>/zero_point}, since they must move
 * with it.
 *
 * @see <a href="https://ai.google.dev/edge/litert">The schema, version 3: field numbers below</a>
 */
final class TfliteModel {
  private static final int MODEL_VERSION = 0;
  private static final int MODEL_SUBGRAPHS = 2;
  private static final int MODEL_BUFFERS = 4;
  private static final int SUBGRAPH_TENSORS = 0;
  private static final int TENSOR_SHAPE = 0;
  private static final int TENSOR_TYPE = 1;
  private static final int TENSOR_BUFFER = 2;
  private static final int TENSOR_NAME = 3;
  private static final int TENSOR_QUANTIZATION = 4;
  private static final int TENSOR_SPARSITY = 6;
  private static final int QUANTIZATION_SCALE = 2;
  private static final int QUANTIZATION_ZERO_POINT = 3;
  private static final int QUANTIZATION_AXIS = 6;
  private static final int BUFFER_DATA = 0;
  private static final int BUFFER_OFFSET = 1;
  private static final int BUFFER_SIZE = 2;

  private static final int OFFSET_BYTES = 4;
  private static final int VERSION = 3;

  private final FlatTable model;
  private final int fileBytes;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, Quantisation> quantisations = new HashMap<>();
  private final Map<String, List<String>> scaleTensors = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Integer> names = new HashMap<>();

  TfliteModel(FlatTable model) {
    this.model = model;
    this.fileBytes = model.buffer().limit();
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  Encoding encoding() {
    return Encoding.PLAIN.with(quantisations, scaleTensors);
  }

  List<String> notes() {
    return notes;
  }

  /** Reads all subgraphs. */
  void read() {
    int version = model.int32(MODEL_VERSION, 0);
    if (version != VERSION || model.count(MODEL_SUBGRAPHS, OFFSET_BYTES) == 0) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "version %d with %d graphs, a TensorFlow Lite model has version %d and one or more"
              .formatted(version, model.count(MODEL_SUBGRAPHS, OFFSET_BYTES), VERSION));
    }
    long visited = 0;
    for (int graph = 0; graph < model.count(MODEL_SUBGRAPHS, OFFSET_BYTES); graph++) {
      FlatTable subgraph = model.tableAt(MODEL_SUBGRAPHS, graph);
      int count = subgraph.count(SUBGRAPH_TENSORS, OFFSET_BYTES);
      visited += count;
      if (visited > fileBytes / OFFSET_BYTES) {
        throw new CheckpointException(
            Reason.UNSAFE,
            "%d tensors in %d bytes: tables are used over and over".formatted(visited, fileBytes));
      }
      for (int i = 0; i < count; i++) {
        add(subgraph.tableAt(SUBGRAPH_TENSORS, i));
      }
    }
  }

  private void add(FlatTable tensor) {
    int index = tensor.int32(TENSOR_BUFFER, 0);
    int buffers = model.count(MODEL_BUFFERS, OFFSET_BYTES);
    String name = tensor.text(TENSOR_NAME);
    if (index < 0 || index >= buffers) {
      throw new CheckpointException(
          Reason.MALFORMED, "tensor '%s' lies in buffer %d of %d".formatted(name, index, buffers));
    }
    FlatTable buffer = model.tableAt(MODEL_BUFFERS, index);
    long length = buffer.count(BUFFER_DATA, 1);
    long offset = buffer.vector(BUFFER_DATA);
    // Offsets have no sign: those of half the range and more are negative here and refused below.
    long outside = buffer.int64(BUFFER_OFFSET, 0);
    if (length == 0 && outside != 0 && outside != 1) {
      offset = outside;
      length = buffer.int64(BUFFER_SIZE, 0);
    }
    if (length == 0) {
      return;
    }
    DType dtype = TfliteTypes.numbered(tensor.int8(TENSOR_TYPE, 0)).orElse(null);
    if (dtype == null || tensor.table(TENSOR_SPARSITY) != null) {
      notes.add("not read, of type %d or sparse: %s".formatted(tensor.int8(TENSOR_TYPE, 0), name));
      return;
    }
    Shape shape = shape(tensor, name);
    long needed = bytes(dtype, shape, name);
    if (needed != length || offset < 0 || offset > fileBytes - length) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "tensor '%s': %s %s needs %d bytes, the buffer has %d at %d"
              .formatted(name, dtype, shape, needed, length, offset));
    }
    String unique = unique(name);
    tensors.add(new TensorInfo(unique, dtype, shape, 0, offset, length));
    FlatTable quantization = tensor.table(TENSOR_QUANTIZATION);
    if (quantization != null) {
      addQuantisation(unique, shape, quantization);
    }
  }

  private void addQuantisation(String name, Shape shape, FlatTable table) {
    int count = table.count(QUANTIZATION_SCALE, Float.BYTES);
    int zeroPoints = table.count(QUANTIZATION_ZERO_POINT, Long.BYTES);
    if (count == 0) {
      return;
    }
    int axis = count == 1 ? -1 : table.int32(QUANTIZATION_AXIS, 0);
    if ((zeroPoints != 0 && zeroPoints != count)
        || axis >= shape.rank()
        || (count > 1 && (axis < 0 || shape.length(axis) != count))) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "tensor '%s': %d scales and %d zero points on axis %d of %s"
              .formatted(name, count, zeroPoints, axis, shape));
    }
    int scaleAt = table.vector(QUANTIZATION_SCALE);
    int zeroPointAt = table.vector(QUANTIZATION_ZERO_POINT);
    float[] scales = new float[count];
    long[] zeros = new long[count];
    for (int i = 0; i < count; i++) {
      scales[i] = table.buffer().getFloat(scaleAt + Float.BYTES * i);
      zeros[i] = zeroPoints == 0 ? 0 : table.buffer().getLong(zeroPointAt + Long.BYTES * i);
    }
    quantisations.put(name, new Quantisation(axis, scales, zeros));
    if (count > 1) {
      List<String> along = new ArrayList<>();
      along.add(addScales(name + "/scale", DType.F32, count, scaleAt));
      if (zeroPoints > 0) {
        along.add(addScales(name + "/zero_point", DType.I64, count, zeroPointAt));
      }
      scaleTensors.put(name, along);
    }
  }

  private String addScales(String name, DType dtype, int count, int offset) {
    String unique = unique(name);
    Shape along = Shape.of(count);
    tensors.add(new TensorInfo(unique, dtype, along, 0, offset, dtype.bytes(along)));
    return unique;
  }

  private static Shape shape(FlatTable tensor, String name) {
    long[] lengths = new long[tensor.count(TENSOR_SHAPE, Integer.BYTES)];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = tensor.buffer().getInt(tensor.vector(TENSOR_SHAPE) + Integer.BYTES * axis);
      if (lengths[axis] < 0) {
        throw new CheckpointException(
            Reason.MALFORMED, "tensor '%s': axis of length %d".formatted(name, lengths[axis]));
      }
    }
    return Shape.of(lengths);
  }

  private static long bytes(DType dtype, Shape shape, String name) {
    try {
      return dtype.bytes(shape);
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          Reason.MALFORMED, "tensor '%s': %s %s overflows".formatted(name, dtype, shape), e);
    }
  }

  /** TensorFlow Lite tells tensors apart by number; a name may come again. */
  private String unique(String name) {
    int times = names.merge(name, 1, Integer::sum);
    return times == 1 ? name : unique(name + "#" + times);
  }
}
