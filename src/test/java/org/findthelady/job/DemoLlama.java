package org.findthelady.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;

/** The Llama that the program ships, unpacked, and changed copies of it. */
final class DemoLlama {
  private static final String DEMO = "/demo/llama-stories/";

  private DemoLlama() {}

  static Path unpack(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String name : new String[] {"model.safetensors", "config.json"}) {
      try (InputStream in = DemoLlama.class.getResourceAsStream(DEMO + name)) {
        Files.copy(in, folder.resolve(name));
      }
    }
    return folder;
  }

  /** All numbers of a checkpoint. */
  static Map<TensorInfo, float[]> numbers(Path model) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, model.toString());
    Map<TensorInfo, float[]> numbers = new LinkedHashMap<>();
    try (TensorReader reader = Checkpoints.format("safetensors").reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        numbers.put(tensor, reader.readFloats(tensor));
      }
    }
    return numbers;
  }

  static TensorInfo info(String name, DType type, long... lengths) {
    Shape shape = Shape.of(lengths);
    return new TensorInfo(name, type, shape, 0, 0, type.bytes(shape));
  }

  static byte[] encoded(DType type, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * type.blockBytes());
    Floats.encode(type, values, 0, values.length, bytes);
    return bytes.array();
  }

  /**
   * Writes a folder with a model and a configuration.
   *
   * @param metadata an entry of the header with a comma behind it; may be empty
   */
  static Path write(Path target, String config, String metadata, Map<TensorInfo, byte[]> tensors)
      throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("config.json"), config);
    StringBuilder header = new StringBuilder("{" + metadata);
    long at = 0;
    for (TensorInfo tensor : tensors.keySet()) {
      header.append(at == 0 ? "" : ",");
      header.append(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(tensor.name(), tensor.dtype(), tensor.shape(), at, at + tensor.length()));
      at += tensor.length();
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    try (var out = Files.newOutputStream(target.resolve("model.safetensors"))) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      out.write(json);
      for (byte[] bytes : tensors.values()) {
        out.write(bytes);
      }
    }
    return target;
  }
}
