package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.findthelady.SharedModels;
import org.findthelady.align.QuantisedOnnx;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read by the programs that the format belongs to. */
class EcosystemTest {
  private static final String GRAPH = "models/face-rfb/onnx/version-RFB-320.onnx";

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

  @Test
  void torchZipsKeepTheirPickleAndGetTheirChecksums() throws Exception {
    Path original = SharedModels.path("models/face-rfb/RFB-320-masked_face-v2.pth");
    Path shuffled = folder.resolve("shuffled.pth");
    Path back = folder.resolve("back.pth");
    StructureChoice traced = new StructureChoice(null, SharedModels.path(GRAPH).toString());
    Permute.Result permuted =
        Permute.run(
            new Permute.Request(
                original.toString(), shuffled.toString(), 13, null, traced, Map.of()));
    // Its heads are not the graph's, so one group is left; ArchiveFormatTest moves every tensor.
    assertThat(permuted.longestCycle()).isGreaterThan(2);

    PairOutcome outcome = LocalPair.resync(original, shuffled, back, null, traced);

    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(Files.mismatch(original, back)).isEqualTo(-1);
    assertThat(Files.mismatch(original, shuffled)).isNotNegative();
    assertThat(pickle(shuffled)).isEqualTo(pickle(original));
    assertChecksums(shuffled);
  }

  /** The system's own unzip, where there is one. */
  @Test
  void unzipFindsNoError() throws Exception {
    assumeThat(onPath("unzip")).isTrue();
    Path original = SharedModels.path("models/face-rfb/RFB-320-masked_face-v2.pth");
    Path shuffled = folder.resolve("shuffled.pth");
    Permute.run(
        new Permute.Request(
            original.toString(),
            shuffled.toString(),
            17,
            null,
            new StructureChoice(null, SharedModels.path(GRAPH).toString()),
            Map.of()));

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

  private static byte[] pickle(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry =
          Collections.list(zip.entries()).stream()
              .filter(e -> e.getName().endsWith("/data.pkl"))
              .findFirst()
              .orElseThrow();
      try (InputStream in = zip.getInputStream(entry)) {
        return in.readAllBytes();
      }
    }
  }

  private static void assertChecksums(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        CRC32 crc = new CRC32();
        try (InputStream in = zip.getInputStream(entry)) {
          crc.update(in.readAllBytes());
        }
        assertThat(crc.getValue()).as(entry.getName()).isEqualTo(entry.getCrc());
      }
    }
  }
}
