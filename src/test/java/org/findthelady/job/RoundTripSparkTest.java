package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.spark.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** permute, then resync: the reference comes back byte for byte. */
class RoundTripSparkTest {
  private static final int SEEDS = 20;

  private static Cluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    cluster = Cluster.open("round trips");
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void resnet20ComesBack() throws IOException {
    comesBack(TestModels.resnet20(folder));
  }

  @Test
  void resnet56ComesBack() throws IOException {
    comesBack(TestModels.resnet56(folder));
  }

  @Test
  void llamaComesBack() throws IOException {
    comesBack(TestModels.llama(folder));
  }

  @Test
  void sileroComesBack() throws IOException {
    comesBack(TestModels.silero(folder));
  }

  @Test
  void aReportStandsBesideTheModelThatComesBack() throws IOException {
    Path reference = TestModels.silero(folder);
    String shuffled = folder.resolve("shuffled").toString();
    Permute.run(
        new Permute.Request(
            reference.toString(), shuffled, 3, null, StructureChoice.AUTOMATIC, Map.of()));
    Path back = folder.resolve("back");
    Path report = folder.resolve("report");
    Resync.run(
        Resync.Request.of(
            reference.toString(),
            shuffled,
            null,
            new Resync.Outputs(back.toString(), false, null, report.toString())),
        cluster);
    assertThat(report.resolve("index.html")).content().contains("PERMUTED");
    assertThat(mismatch(reference, back)).isFalse();
  }

  private void comesBack(Path reference) throws IOException {
    Path expected = TestModels.written(reference, folder.resolve("expected"));
    for (long seed = 1; seed <= SEEDS; seed++) {
      Path shuffled = folder.resolve("shuffled" + seed);
      Path back = folder.resolve("back" + seed);
      String truth = folder.resolve("truth" + seed + ".json").toString();
      Permute.Result permuted =
          Permute.run(
              new Permute.Request(
                  reference.toString(),
                  shuffled.toString(),
                  seed,
                  truth,
                  StructureChoice.AUTOMATIC,
                  Map.of()));
      assertThat(permuted.longestCycle()).isGreaterThan(10);
      assertThat(permuted.moved()).isGreaterThan(permuted.neurons() * 8 / 10);
      assertThat(mismatch(expected, shuffled)).isTrue();

      Resync.Result result =
          Resync.run(
              Resync.Request.of(
                  reference.toString(),
                  shuffled.toString(),
                  truth,
                  Resync.Outputs.model(back.toString())),
              cluster);

      assertThat(result.verdict()).as(result.text()).isEqualTo(Verdict.PERMUTED);
      assertThat(result.row().closeness().psi()).isEqualTo(100);
      assertThat(result.row().counts().moved()).isEqualTo(permuted.moved());
      assertThat(mismatch(expected, back)).as("seed " + seed + " " + result.text()).isFalse();
    }
  }

  /** Whether two files, or the files of two folders, differ. */
  private static boolean mismatch(Path expected, Path actual) throws IOException {
    if (Files.isRegularFile(expected)) {
      return Files.mismatch(expected, actual) >= 0;
    }
    try (Stream<Path> files = Files.list(expected)) {
      boolean differs = false;
      for (Path file : files.toList()) {
        differs |= Files.mismatch(file, actual.resolve(file.getFileName().toString())) >= 0;
      }
      return differs;
    }
  }
}
