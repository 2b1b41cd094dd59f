package org.findthelady.metamorphic;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * A real network in memory, to be changed and written as a suspect. A tensor's numbers are float32;
 * tensors of other types keep their bytes.
 */
final class Network {
  final Path file;
  final StructureChoice choice;
  final Structure structure;
  final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** One tensor: either numbers, or bytes of another type that nobody changes. */
  record Tensor(DType type, Shape shape, float[] values, byte[] bytes) {
    Tensor with(Shape other, float[] numbers) {
      return new Tensor(type, other, numbers, null);
    }

    Tensor as(DType other) {
      return new Tensor(other, shape, values, bytes);
    }

    Tensor copy() {
      return new Tensor(type, shape, values == null ? null : values.clone(), bytes);
    }

    /** Numbers between two neighbours on an axis. */
    int stride(int axis) {
      return (int) shape.elements(axis + 1, shape.rank());
    }

    /** Where an element lies on an axis. */
    int index(int element, int axis) {
      return element / stride(axis) % shape.intLength(axis);
    }
  }

  private Network(Path file, StructureChoice choice, Structure structure) {
    this.file = file;
    this.choice = choice;
    this.structure = structure;
  }

  static Network open(Path file, StructureChoice choice) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, file.toString());
    Network network =
        new Network(file, choice, Structures.of(store, checkpoint, choice).structure());
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        byte[] bytes = reader.readAll(tensor);
        float[] values = null;
        if (tensor.dtype() == DType.F32) {
          values = new float[(int) tensor.shape().elements()];
          Floats.decode(tensor.dtype(), ByteBuffer.wrap(bytes), values, 0, values.length);
        }
        network.tensors.put(
            tensor.name(), new Tensor(tensor.dtype(), tensor.shape(), values, bytes));
      }
    }
    return network;
  }

  Network copy() {
    Network copy = new Network(file, choice, structure);
    tensors.forEach((name, tensor) -> copy.tensors.put(name, tensor.copy()));
    return copy;
  }

  Tensor get(String name) {
    return tensors.get(name);
  }

  float[] values(String name) {
    return tensors.get(name).values();
  }

  /** The same tensors under numbers for names, with nothing beside them that says what they are. */
  Network nameless() {
    Network copy = new Network(Path.of(""), StructureChoice.AUTOMATIC, structure);
    tensors.forEach((name, tensor) -> copy.tensors.put("t" + copy.tensors.size(), tensor));
    return copy;
  }

  /** A copy whose every group is in another order. */
  Network shuffled(GroupPermutations order) {
    Network moved = copy();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      if (entry.getValue().values() != null && !structure.axes(entry.getKey()).isEmpty()) {
        var move = structure.move(entry.getKey(), order);
        Tensor source = tensors.get(move.source());
        moved.tensors.put(
            entry.getKey(), source.with(source.shape(), gather(source, move.gathers())));
      }
    }
    return moved;
  }

  private static float[] gather(Tensor tensor, int[][] gathers) {
    float[] out = new float[tensor.values().length];
    for (int i = 0; i < out.length; i++) {
      int from = 0;
      for (int axis = 0; axis < tensor.shape().rank(); axis++) {
        int index = tensor.index(i, axis);
        from += (gathers[axis] == null ? index : gathers[axis][index]) * tensor.stride(axis);
      }
      out[i] = tensor.values()[from];
    }
    return out;
  }

  /** Writes it as safetensors, beside the configuration that the network has. */
  Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path config =
        Files.isDirectory(file) ? file.resolve("config.json") : file.resolveSibling("config.json");
    if (Files.exists(config)) {
      Files.writeString(folder.resolve("config.json"), resized(Files.readString(config)));
    }
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode header = mapper.createObjectNode();
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      long length = bytes(tensor).length;
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.type().name());
      node.set("shape", mapper.valueToTree(tensor.shape().toArray()));
      node.set("data_offsets", mapper.valueToTree(List.of(at, at + length)));
      at += length;
    }
    byte[] json = mapper.writeValueAsBytes(header);
    Path out = folder.resolve("model.safetensors");
    try (OutputStream stream = Files.newOutputStream(out)) {
      stream.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      stream.write(json);
      for (Tensor tensor : tensors.values()) {
        stream.write(bytes(tensor));
      }
    }
    return Files.isDirectory(file) ? folder : out;
  }

  /** A configuration that says how many layers and tokens there are. */
  private String resized(String config) {
    long layers =
        tensors.keySet().stream()
            .filter(name -> name.matches("model\\.layers\\.\\d+\\.input_layernorm\\.weight"))
            .count();
    Tensor tokens = tensors.get("model.embed_tokens.weight");
    return tokens == null
        ? config
        : config
            .replaceFirst("(\"num_hidden_layers\": *)\\d+", "$1" + layers)
            .replaceFirst("(\"vocab_size\": *)\\d+", "$1" + tokens.shape().length(0));
  }

  private static byte[] bytes(Tensor tensor) {
    if (tensor.values() == null) {
      return tensor.bytes();
    }
    int count = tensor.values().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.type() == DType.F32 ? 4 * count : 2 * count)
            .order(ByteOrder.LITTLE_ENDIAN);
    Floats.encode(tensor.type(), tensor.values(), 0, count, bytes);
    return bytes.array();
  }
}
