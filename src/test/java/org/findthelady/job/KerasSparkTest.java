package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.spark.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keras models are shuffled and come back: the structure is read off their configuration. */
class KerasSparkTest {
  private static Cluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    cluster = Cluster.open("Keras");
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ad01, 0",
    "pretrainedResnet, 0",
    "str_ww_ref_model, 0",
    "vww_96, 0",
  })
  void realModelsComeBackAsTheyWouldBeWritten(String model, long ambiguous) {
    Path reference = SharedModels.path("models/mlperf-tiny/" + model + ".h5");
    Path expected = TestModels.written(reference, folder.resolve("expected"));
    Path shuffled = folder.resolve("shuffled");
    Path back = folder.resolve("back");
    String truth = folder.resolve("truth.json").toString();
    Permute.run(
        new Permute.Request(
            reference.toString(),
            shuffled.toString(),
            7,
            truth,
            StructureChoice.AUTOMATIC,
            Map.of()));

    Resync.Result result = resync(reference, shuffled, back, truth);

    assertThat(result.verdict()).as(result.text()).isEqualTo(Verdict.PERMUTED);
    assertThat(result.row().psi()).isEqualTo(100);
    assertThat(result.row().ambiguous()).isEqualTo(ambiguous);
    assertThat(back).hasSameBinaryContentAs(expected);
    // The copy carries the configuration, so it can be a reference itself.
    assertThat(resync(back, shuffled, folder.resolve("again"), truth).verdict())
        .isEqualTo(Verdict.PERMUTED);
  }

  private static Resync.Result resync(Path reference, Path suspect, Path out, String truth) {
    try {
      return Resync.run(
          new Resync.Request(
              reference.toString(),
              suspect.toString(),
              out.toString(),
              truth,
              null,
              null,
              StructureChoice.AUTOMATIC,
              "all",
              "one-to-one",
              1,
              Map.of()),
          cluster);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
