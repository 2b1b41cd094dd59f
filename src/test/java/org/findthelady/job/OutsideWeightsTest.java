package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX models that keep their weights in a file beside them. */
class OutsideWeightsTest {
  @TempDir private Path folder;

  @Test
  void whatIsShuffledAndPutBackHasItsWeightsBesideIt() throws IOException {
    Path model = OutsideOnnx.write(folder.resolve("in/model.onnx"), "weights/all.bin");
    Path shuffled = folder.resolve("shuffled/other.onnx");
    Permute.Result result = LocalPair.permute(model, shuffled, 3, null);
    assertThat(result.moved()).isPositive();
    assertThat(files(folder.resolve("shuffled"))).containsExactly("other.onnx", "weights/all.bin");
    Path back = folder.resolve("back/model.onnx");
    Resync.Result resynced =
        Resync.run(
            Resync.Request.of(
                model.toString(),
                shuffled.toString(),
                null,
                Resync.Outputs.model(back.toString())));
    assertThat(resynced.verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(files(folder.resolve("back"))).containsExactly("model.onnx", "weights/all.bin");
    for (String file : new String[] {"model.onnx", "weights/all.bin"}) {
      assertThat(folder.resolve("back").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("in").resolve(file));
    }
  }

  @Test
  void aFleetKeepsTheWeightsOfEachModelInItsOwnFolder() throws IOException {
    Path model = OutsideOnnx.write(folder.resolve("in/model.onnx"), "all.bin");
    Path shuffled = folder.resolve("shuffled/model.onnx");
    LocalPair.permute(model, shuffled, 3, null);
    PairOutcome outcome = LocalPair.resync(model, shuffled, folder.resolve("models/m1"));
    assertThat(outcome.verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.written().keySet())
        .containsExactlyInAnyOrder(
            folder.resolve("models/m1/model.onnx").toString(),
            folder.resolve("models/m1/all.bin").toString());
    assertThat(LocalPair.resync(model, folder.resolve("models/m1"), null).verdict())
        .isEqualTo(Verdict.IDENTICAL);
  }

  @Test
  void weightsThatWouldReplaceOthersAreRefused() throws IOException {
    Path model = OutsideOnnx.write(folder.resolve("model.onnx"), "all.bin");
    byte[] before = Files.readAllBytes(folder.resolve("all.bin"));
    assertThatThrownBy(() -> LocalPair.permute(model, folder.resolve("other.onnx"), 3, null))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("keeps weights in 'all.bin'")
        .hasMessageContaining("another folder");
    assertThat(files(folder)).containsExactly("all.bin", "model.onnx");
    assertThat(folder.resolve("all.bin")).hasBinaryContent(before);
  }

  private static Stream<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all
          .filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList()
          .stream();
    }
  }
}
