package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Shape;

/**
 * An ONNX model as a graph: the nodes, and the names and shapes of its tensors, without the data of
 * large ones.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">ONNX's specification</a>
 */
public final class OnnxModel {
  private final String name;
  private final ModelProto proto;
  private final List<String> notes;
  private final IdentityHashMap<TensorProto, String> names = new IdentityHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, StoredTensor> stored = new LinkedHashMap<>();

  private OnnxModel(String name, ModelScan.Found found) {
    this.name = name;
    this.proto = found.model();
    this.notes = found.notes();
    TensorNames.visit(
        proto,
        (named, tensor) -> {
          StoredTensor place = found.tensors().get(named.path());
          names.put(tensor, named.name());
          shapes.put(named.name(), Shape.of(place.dims()));
          stored.put(named.name(), place);
        });
  }

  /**
   * Reads a model file.
   *
   * @throws org.findthelady.core.CheckpointException if it is not a model or is unsafe
   */
  public static OnnxModel read(Store store, FileInfo file) throws IOException {
    try (SeekableInput input = store.open(file)) {
      return new OnnxModel(file.name(), ModelScan.scan(input));
    }
  }

  /**
   * A model in memory.
   *
   * @param name for messages and as the name of its structure
   */
  public static OnnxModel of(String name, ModelProto proto) {
    try (BytesInput input = new BytesInput(name, proto.toByteArray())) {
      return new OnnxModel(name, ModelScan.scan(input));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The model; tensors above a size have no data in it. */
  public ModelProto proto() {
    return proto;
  }

  /** The name under which a checkpoint knows a tensor of {@link #proto()}; null for a stranger. */
  public String nameOf(TensorProto tensor) {
    return names.get(tensor);
  }

  /** Every tensor that the model stores, by name, in the model's order. */
  public Map<String, Shape> shapes() {
    return java.util.Collections.unmodifiableMap(shapes);
  }

  Map<String, StoredTensor> stored() {
    return stored;
  }

  List<String> notes() {
    return notes;
  }
}
