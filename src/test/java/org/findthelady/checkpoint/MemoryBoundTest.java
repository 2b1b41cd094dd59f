package org.findthelady.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.findthelady.core.CheckpointException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers that lie about sizes must not cost memory: it is bounded by the file's own length. */
class MemoryBoundTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long FIXED_BYTES = 8L << 20;
  private static final int BYTES_PER_BYTE = 400;

  @ParameterizedTest
  @CsvSource({
    "safetensors, safetensors/SafetensorsFuzzTestInputs",
    "gguf, gguf/GgufFuzzTestInputs",
    "keras-hdf5, keras/KerasFuzzTestInputs",
    "numpy, numpy/NpzFuzzTestInputs",
    "numpy, numpy/NpyFuzzTestInputs",
    "onnx, onnx/OnnxFuzzTestInputs",
    "tflite, tflite/TfliteFuzzTestInputs",
    "llama2.c, llama2c/Llama2cFuzzTestInputs"
  })
  void readingCostsNoMoreThanTheFileAllows(String name, String seeds)
      throws IOException, URISyntaxException {
    CheckpointFormat format = Checkpoints.format(name);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    List<byte[]> files = files(seeds);
    for (byte[] file : files) {
      cost(format, file);
    }
    for (int trial = 0; trial < 600; trial++) {
      byte[] file = files.get(trial % files.size()).clone();
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        mutate(file, random);
      }
      assertThat(cost(format, file))
          .as("%s, trial %d, %d bytes", name, trial, file.length)
          .isLessThan(FIXED_BYTES + (long) BYTES_PER_BYTE * file.length);
    }
  }

  private static List<byte[]> files(String seeds) throws IOException, URISyntaxException {
    Path folder =
        Path.of(
            Objects.requireNonNull(
                    MemoryBoundTest.class.getResource(seeds + "/readsOrRefuses"), seeds)
                .toURI());
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().map(MemoryBoundTest::bytes).toList();
    }
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Puts the numbers there that sizes and counts like least. */
  private static void mutate(byte[] file, SplittableRandom random) {
    if (file.length < 16) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = random.nextInt(file.length - 8);
    switch (random.nextInt(6)) {
      case 0 -> bytes.putInt(at, Integer.MAX_VALUE - random.nextInt(16));
      case 1 -> bytes.putInt(at, random.nextInt(1 << 30));
      case 2 -> bytes.putLong(at, 1L << random.nextInt(64));
      case 3 -> bytes.putInt(at, random.nextInt(file.length));
      case 4 -> bytes.put(at, (byte) random.nextInt(256));
      default -> bytes.putLong(at, -1 - random.nextInt(16));
    }
  }

  private static long cost(CheckpointFormat format, byte[] file) {
    MemoryStore store = new MemoryStore();
    FileInfo location = store.put("/in/model", file);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      format.read(store, location);
    } catch (CheckpointException | IOException e) {
      // A reason is an answer.
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
