package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.findthelady.SharedModels;
import org.findthelady.align.QuantisedOnnx;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read by the programs that the format belongs to. */
class EcosystemTest {
  private static final Path MODELS = Path.of("jobs/models/abcrown");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/abcrown/cifar_base_kw.onnx",
        "models/face-rfb/onnx/version-RFB-320_simplified.onnx",
        "models/fastestdet/FastestDet.onnx",
        "models/yolox/yolox_nano.onnx"
      })
  void onnxRuntimeRunsWhatIsShuffledAndWhatComesBack(String network) throws IOException {
    Path original = SharedModels.path(network);
    Path shuffled = folder.resolve("shuffled.onnx");
    Path back = folder.resolve("back.onnx");
    LocalPair.permute(original, shuffled, 13, null);
    assertThat(Files.mismatch(original, shuffled)).isNotNegative();

    PairOutcome outcome = LocalPair.resync(original, shuffled, back);

    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(Files.mismatch(original, back)).isEqualTo(-1);
    Map<String, float[]> expected = QuantisedOnnx.run(Files.readAllBytes(original));
    Map<String, float[]> moved = QuantisedOnnx.run(Files.readAllBytes(shuffled));
    assertThat(moved).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (name, values) -> {
          double scale = 0;
          for (float value : values) {
            scale = Math.max(scale, Math.abs(value));
          }
          for (int i = 0; i < values.length; i++) {
            assertThat((double) moved.get(name)[i])
                .as("%s[%d]", name, i)
                .isCloseTo(values[i], within(1e-3 * scale));
          }
        });
  }

  /**
   * Networks whose structure is known by their tensors' names: every group of every layer moves.
   */
  @ParameterizedTest
  @CsvSource({"mnist_6_100_nat.pth, 500", "mnist_conv_small_nat.pth, 148"})
  void torchZipsKeepTheirPickleAndGetTheirChecksums(String network, int neurons) throws Exception {
    Path original = MODELS.resolve(network);
    Path shuffled = folder.resolve("shuffled.pth");
    Path back = folder.resolve("back.pth");
    Permute.Result permuted = LocalPair.permute(original, shuffled, 13, null);
    assertThat(permuted.neurons()).isEqualTo(neurons);
    assertThat(permuted.longestCycle()).isGreaterThan(2);

    PairOutcome outcome = LocalPair.resync(original, shuffled, back);

    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(Files.mismatch(original, back)).isEqualTo(-1);
    Map<String, byte[]> before = entries(original);
    Map<String, byte[]> moved = entries(shuffled);
    assertThat(moved).containsOnlyKeys(before.keySet());
    moved.forEach(
        (name, bytes) -> {
          // The last layer's biases and the stored accuracy have no neuron that may move.
          boolean moves = name.contains("/data/") && bytes.length > 40;
          assertThat(Arrays.equals(bytes, before.get(name))).as(name).isEqualTo(!moves);
        });
  }

  /** The system's own unzip, where there is one. */
  @Test
  void unzipFindsNoError() throws Exception {
    assumeThat(onPath("unzip")).isTrue();
    Path shuffled = folder.resolve("shuffled.pth");
    LocalPair.permute(MODELS.resolve("mnist_conv_small_nat.pth"), shuffled, 17, null);

    Process process = new ProcessBuilder("unzip", "-tq", shuffled.toString()).start();

    assertThat(process.waitFor()).isZero();
  }

  private static boolean onPath(String program) {
    for (String entry : System.getenv("PATH").split(java.io.File.pathSeparator)) {
      if (Files.isExecutable(Path.of(entry, program))) {
        return true;
      }
    }
    return false;
  }

  /** The bytes of every entry, each checked against its CRC. */
  private static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          byte[] bytes = in.readAllBytes();
          CRC32 crc = new CRC32();
          crc.update(bytes);
          assertThat(crc.getValue()).as(entry.getName()).isEqualTo(entry.getCrc());
          entries.put(entry.getName(), bytes);
        }
      }
    }
    return entries;
  }
}
