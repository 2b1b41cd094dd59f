package org.findthelady.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;
import org.findthelady.core.TensorInfo;
import org.findthelady.perturb.Gaussians;
import org.findthelady.storage.HadoopStore;

/**
 * Bf16 and f32 tensors of normal numbers that are a function of seed, name and place alone, so that
 * a checkpoint of any size is written without ever being held. Matrices have a deviation of 1 over
 * the root of their width; vectors lie around 1, as the scales of normalisations do.
 */
final class SeededTensors implements TensorReader {
  private static final int QUANTILES = 1 << 16;
  private static final float[] NORMAL = quantiles();

  private final long seed;

  SeededTensors(long seed) {
    this.seed = seed;
  }

  /** An empirical normal distribution of 65,536 numbers in random order. */
  private static float[] quantiles() {
    return new Gaussians(1, "quantiles").floats(QUANTILES);
  }

  /** Writes tensors as one safetensors file. */
  static void write(List<TensorInfo> tensors, long seed, Path file) throws IOException {
    String path = file.toAbsolutePath().toString();
    Checkpoint checkpoint =
        new Checkpoint(
            new FileInfo(path, 0, 0, false),
            "safetensors",
            List.of(),
            tensors,
            Map.of(),
            List.of());
    try (SeededTensors bytes = new SeededTensors(seed)) {
      SafetensorsWriter.write(
          new HadoopStore(), checkpoint, bytes, Map.of(), Map.of("format", "pt"), path);
    }
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
    int size = tensor.dtype().blockBytes();
    if (firstByte % size != 0 || target.remaining() % size != 0) {
      throw new IllegalArgumentException(
          "%s: %d bytes at %d".formatted(tensor.name(), target.remaining(), firstByte));
    }
    long key = Gaussians.seeded(seed, tensor.name()).nextLong();
    float[] values = values(tensor);
    ByteBuffer out = target.order(ByteOrder.LITTLE_ENDIAN);
    for (long element = firstByte / size; out.hasRemaining(); ) {
      long bits = mixed(key + (element >>> 2)) >>> (16 * (element & 3));
      do {
        float value = values[(int) bits & (QUANTILES - 1)];
        if (size == 2) {
          out.putShort((short) ((Float.floatToIntBits(value) + 0x8000) >>> 16));
        } else {
          out.putFloat(value);
        }
        bits >>>= 16;
        element++;
      } while ((element & 3) != 0 && out.hasRemaining());
    }
  }

  private static long mixed(long word) {
    return new SplittableRandom(word).nextLong();
  }

  private static float[] values(TensorInfo tensor) {
    boolean vector = tensor.shape().rank() == 1;
    double width =
        vector ? 16 : (double) tensor.shape().elements() / (double) tensor.shape().length(0);
    float deviation = (float) (1 / Math.sqrt(width));
    float[] values = new float[QUANTILES];
    for (int i = 0; i < QUANTILES; i++) {
      values[i] = (vector ? 1 : 0) + deviation * NORMAL[i];
    }
    return values;
  }

  @Override
  public void close() {}
}
