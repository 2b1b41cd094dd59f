package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsFormat;
import org.findthelady.core.TensorInfo;

/** A packed layer and the values that the scheme's own implementation decodes it to. */
final class PackedFixture {
  private static final String PATH = "/model/model.safetensors";

  /** Files, and the implementation that made their values; see packed/README.md. */
  static final Map<String, List<String>> ALL =
      Map.of(
          "ml_dtypes",
          List.of(
              "fp8-blocks-128",
              "fp8-blocks-128-e8m0",
              "fp8-fnuz-rows",
              "fp8-e5m2-tensor",
              "fp8-experts",
              "mxfp8",
              "mxfp4-blocks"),
          "bitsandbytes",
          List.of("bnb-nf4", "bnb-nf4-nested", "bnb-fp4-ragged", "bnb-int8"),
          "compressed-tensors",
          List.of(
              "ct-int3-zero",
              "ct-int4",
              "ct-int4-zero",
              "ct-int8",
              "nvfp4-divisor",
              "nvfp4-multiplier"),
          "AutoGPTQ",
          List.of(
              "gptq-int2", "gptq-int3", "gptq-int4", "gptq-int4-order", "gptq-int8", "awq-int4"),
          "MLX",
          List.of(
              "mlx-int2",
              "mlx-int3",
              "mlx-int4",
              "mlx-int5",
              "mlx-int6",
              "mlx-int8",
              "mlx-mxfp4",
              "mlx-mxfp8",
              "mlx-nvfp4"));

  private final MemoryStore store = new MemoryStore();
  private final String config;
  private Checkpoint checkpoint;

  private PackedFixture(String name) throws IOException {
    String bits = name.substring(name.length() - 1);
    this.config = "{\"quantization\": {\"group_size\": 64, \"bits\": %s}}".formatted(bits);
    try (InputStream in = PackedFixture.class.getResourceAsStream(name + ".safetensors")) {
      put(store, name.startsWith("mlx-int"), in.readAllBytes());
    }
    this.checkpoint = Checkpoints.open(store, PATH);
  }

  private void put(MemoryStore into, boolean configured, byte... bytes) {
    into.put(PATH, bytes);
    if (configured) {
      into.put("/model/config.json", config.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Opens the fixture of that name. */
  static PackedFixture open(String name) throws IOException {
    return new PackedFixture(name);
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The one packed weight. */
  TensorInfo weight() {
    return checkpoint.packing().weights().get(0).shown();
  }

  float[] expected() throws IOException {
    return read(checkpoint.tensor("expected").orElseThrow());
  }

  TensorReader reader() {
    return Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
  }

  /** Reads the parts as they lie in the file. */
  TensorReader stored() {
    return new SafetensorsFormat().reader(store, checkpoint);
  }

  float[] read(TensorInfo tensor) throws IOException {
    try (TensorReader reader = reader()) {
      return reader.readFloats(tensor);
    }
  }

  /** Whether every value is one of the levels that its code could stand for. */
  boolean levelsStandFor(float[] values) throws IOException {
    try (TensorReader reader = reader()) {
      Levels levels = checkpoint.packing().weights().get(0).levels(reader).orElseThrow();
      float[] base = new float[values.length];
      float[] factor = new float[values.length];
      levels.read(0, values.length, base, factor);
      boolean all = true;
      for (int i = 0; i < values.length; i++) {
        double nearest = Double.POSITIVE_INFINITY;
        for (float unit : levels.units()) {
          double away = Math.abs((double) base[i] + (double) factor[i] * unit - values[i]);
          nearest = away < nearest ? away : nearest;
        }
        all &= nearest <= 1e-5 * (Math.abs(base[i]) + Math.abs(values[i]));
      }
      return all;
    }
  }

  /** The values of the weight once it is written moved and read back. */
  float[] movedAndReadBack(int[]... gathers) throws IOException {
    MemoryStore written = new MemoryStore();
    Map<String, Move> moves = Map.of(weight().name(), new Move(weight(), gathers));
    try (TensorReader reader = reader()) {
      Checkpoints.format(checkpoint.format()).write(store, checkpoint, reader, moves, "/out");
    }
    boolean configured = store.stat("/model/config.json").isPresent();
    put(written, configured, store.bytes("/out"));
    Checkpoint again = Checkpoints.open(written, PATH);
    try (TensorReader reader = Checkpoints.format(again.format()).reader(written, again)) {
      return reader.readFloats(again.tensor(weight().name()).orElseThrow());
    } finally {
      store.delete("/out");
    }
  }
}
