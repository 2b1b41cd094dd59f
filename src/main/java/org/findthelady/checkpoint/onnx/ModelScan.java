package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.RangeStream;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * One pass over the bytes of a model (onnx.proto, protobuf wire format): finds every tensor's data
 * and keeps a copy of the model without the data of large tensors. Tensor data is skipped, not
 * read.
 */
final class ModelScan {
  /** Data above this stays in the file; shapes are computed from smaller tensors. */
  private static final int MOST_BYTES_KEPT = 1 << 19;

  private static final int DEEPEST = 64;

  // Field numbers of onnx.proto.
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_TRAINING = 20;
  private static final int MODEL_FUNCTIONS = 25;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_SPARSE = 15;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int FUNCTION_NODE = 7;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int ATTRIBUTE_GRAPH = 6;
  private static final int ATTRIBUTE_TENSORS = 10;
  private static final int ATTRIBUTE_GRAPHS = 11;

  private enum Kind {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    FUNCTION
  }

  private final SeekableInput file;
  private final CodedInputStream input;
  private final List<StoredTensor> tensors = new ArrayList<>();
  private boolean sparse;
  private boolean training;

  private ModelScan(SeekableInput file) {
    this.file = file;
    this.input = CodedInputStream.newInstance(new RangeStream(file, 0, file.length()));
    this.input.setSizeLimit(Integer.MAX_VALUE);
  }

  /**
   * What a scan finds.
   *
   * @param model the model without the data of large tensors
   * @param tensors by path
   * @param notes what was left out
   */
  public record Found(ModelProto model, Map<String, StoredTensor> tensors, List<String> notes) {}

  /**
   * Scans a model.
   *
   * @throws CheckpointException if the bytes are no model
   */
  static Found scan(SeekableInput file) throws IOException {
    if (file.length() > Integer.MAX_VALUE) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes, an ONNX model has at most %d"
              .formatted(file.location(), file.length(), Integer.MAX_VALUE));
    }
    ModelScan scan = new ModelScan(file);
    try {
      ByteString slim = scan.message(Kind.MODEL, "", 0, file.length());
      ModelProto model = ModelProto.parseFrom(slim);
      if (!model.hasGraph()) {
        throw new CheckpointException(
            Reason.MALFORMED, file.location() + ": no graph in the model");
      }
      Map<String, StoredTensor> byPath = new LinkedHashMap<>();
      scan.tensors.forEach(t -> byPath.put(t.path(), t));
      List<String> notes = new ArrayList<>();
      if (scan.sparse) {
        notes.add("sparse initialisers are left where they are");
      }
      if (scan.training) {
        notes.add("training information is left where it is");
      }
      return new Found(model, byPath, notes);
    } catch (InvalidProtocolBufferException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: not an ONNX model of %d bytes: %s"
              .formatted(file.location(), file.length(), e.getMessage()),
          e);
    }
  }

  private ByteString message(Kind kind, String path, int depth, long end) throws IOException {
    if (depth > DEEPEST) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: messages nested more than %d deep".formatted(file.location(), DEEPEST));
    }
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    int[] counts = new int[32];
    while (input.getTotalBytesRead() < end) {
      int tag = input.readTag();
      if (tag == 0) {
        throw malformed("a tag of zero", input.getTotalBytesRead());
      }
      int field = WireFormat.getTagFieldNumber(tag);
      boolean nested = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      Child child = nested ? child(kind, field) : null;
      if (kind == Kind.GRAPH && field == GRAPH_SPARSE) {
        sparse = true;
      }
      if (kind == Kind.MODEL && field == MODEL_TRAINING) {
        training = true;
      }
      if (child == null) {
        FieldCopy.copy(input, tag, out);
        continue;
      }
      int number = counts[field]++;
      if (child.single() && number > 0) {
        throw new CheckpointException(
            Reason.UNSAFE,
            "%s: %s is given twice; readers would differ".formatted(file.location(), child.name()));
      }
      String place = path + (path.isEmpty() ? "" : ".") + child.name();
      ByteString content = child(child, child.single() ? place : place + number, depth, end);
      out.writeBytes(field, content);
    }
    out.flush();
    return bytes.toByteString();
  }

  private ByteString child(Child child, String path, int depth, long end) throws IOException {
    long length = Integer.toUnsignedLong(input.readRawVarint32());
    long start = input.getTotalBytesRead();
    if (start + length > end) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %s at %d declares %d bytes, %d are left"
              .formatted(file.location(), path, start, length, end - start));
    }
    int outer = input.pushLimit((int) length);
    ByteString content;
    if (child.kind() == null) {
      TensorScan tensor = new TensorScan(file.location(), path, start, length);
      content = tensor.read(input, MOST_BYTES_KEPT);
      tensors.add(tensor.found());
    } else {
      content = message(child.kind(), path, depth + 1, start + length);
    }
    if (input.getTotalBytesRead() != start + length) {
      throw malformed(path + " ends", input.getTotalBytesRead());
    }
    input.popLimit(outer);
    return content;
  }

  private CheckpointException malformed(String what, long position) {
    return new CheckpointException(
        Reason.MALFORMED,
        "%s: %s at byte %d of %d".formatted(file.location(), what, position, file.length()));
  }

  /** A nested message that is looked into; {@code kind} null is a tensor. */
  private record Child(String name, Kind kind, boolean single) {}

  private static Child child(Kind kind, int field) {
    return switch (kind) {
      case MODEL ->
          field == MODEL_GRAPH
              ? new Child("g", Kind.GRAPH, true)
              : field == MODEL_FUNCTIONS ? new Child("f", Kind.FUNCTION, false) : null;
      case GRAPH ->
          field == GRAPH_NODE
              ? new Child("n", Kind.NODE, false)
              : field == GRAPH_INITIALIZER ? new Child("i", null, false) : null;
      case FUNCTION -> field == FUNCTION_NODE ? new Child("n", Kind.NODE, false) : null;
      case NODE -> field == NODE_ATTRIBUTE ? new Child("a", Kind.ATTRIBUTE, false) : null;
      case ATTRIBUTE ->
          switch (field) {
            case ATTRIBUTE_TENSOR -> new Child("t", null, true);
            case ATTRIBUTE_GRAPH -> new Child("g", Kind.GRAPH, true);
            case ATTRIBUTE_TENSORS -> new Child("ts", null, false);
            case ATTRIBUTE_GRAPHS -> new Child("gs", Kind.GRAPH, false);
            default -> null;
          };
    };
  }

  /** One TensorProto message read alone. */
  static TensorProto tensor(SeekableInput file, long offset, long length) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(new RangeStream(file, offset, length));
    in.setSizeLimit(Integer.MAX_VALUE);
    try {
      return TensorProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: no tensor of %d bytes at %d: %s"
              .formatted(file.location(), length, offset, e.getMessage()),
          e);
    }
  }
}
