package org.findthelady.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes matrices as E4M3 with a scale for each row, all else as it is; embeddings stay too. */
@Command(name = "fp8", description = "Write an FP8 copy of a checkpoint, a scale per row.")
final class Fp8Copy implements Callable<Integer> {
  private static final float LARGEST = 448;

  @Option(names = "--in", required = true, description = "Folder to convert.")
  Path in;

  @Option(names = "--out", required = true, description = "Folder to make.")
  Path out;

  private record Part(String name, DType type, String shape, long bytes) {}

  @Override
  public Integer call() throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, in.toString());
    Files.createDirectories(out);
    Files.copy(in.resolve("config.json"), out.resolve("config.json"));
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
        OutputStream file =
            new BufferedOutputStream(
                Files.newOutputStream(out.resolve("model.safetensors")), 1 << 20)) {
      file.write(header(checkpoint.tensors()));
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (isConverted(tensor)) {
          write(file, reader.readFloats(tensor), tensor.shape().intLength(1));
        } else {
          file.write(reader.readAll(tensor));
        }
      }
    }
    return 0;
  }

  private static boolean isConverted(TensorInfo tensor) {
    return tensor.shape().rank() == 2 && tensor.name().contains("_proj");
  }

  private static byte[] header(List<TensorInfo> tensors) {
    List<String> entries = new ArrayList<>();
    long at = 0;
    for (TensorInfo tensor : tensors) {
      for (Part part : parts(tensor)) {
        entries.add(
            "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(part.name(), part.type(), part.shape(), at, at + part.bytes()));
        at += part.bytes();
      }
    }
    byte[] json = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static List<Part> parts(TensorInfo tensor) {
    String shape = tensor.shape().toString();
    if (!isConverted(tensor)) {
      return List.of(new Part(tensor.name(), tensor.dtype(), shape, tensor.length()));
    }
    long rows = tensor.shape().length(0);
    return List.of(
        new Part(tensor.name(), DType.F8_E4M3, shape, tensor.shape().elements()),
        new Part(
            tensor.name() + "_scale",
            DType.F32,
            "[" + rows + ",1]",
            rows * DType.F32.blockBytes()));
  }

  /** Codes of all rows, then their scales. */
  private static void write(OutputStream file, float[] numbers, int columns) throws IOException {
    int rows = numbers.length / columns;
    float[] scales = new float[rows];
    for (int i = 0; i < numbers.length; i++) {
      scales[i / columns] = Math.max(scales[i / columns], Math.abs(numbers[i]) / LARGEST);
    }
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] /= scales[i / columns];
    }
    file.write(encoded(DType.F8_E4M3, numbers));
    file.write(encoded(DType.F32, scales));
  }

  private static byte[] encoded(DType type, float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * type.blockBytes());
    Floats.encode(type, numbers, 0, numbers.length, bytes.order(ByteOrder.LITTLE_ENDIAN));
    return bytes.array();
  }
}
