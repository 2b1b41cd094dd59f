package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.align.QuantisedOnnx;
import org.findthelady.align.QuantisedOnnx.Form;
import org.findthelady.core.Verdict;
import org.findthelady.match.result.MatchState;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.RunRows;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** int8 ONNX models: against one of their own kind, and against the float model. */
class QuantisedPairsTest {
  private static final String CIFAR = "models/abcrown/cifar_base_kw.onnx";
  private static final String RFB = "models/face-rfb/onnx/version-RFB-320_simplified.onnx";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    CIFAR + ", QDQ_PER_CHANNEL",
    CIFAR + ", QDQ_PER_TENSOR",
    CIFAR + ", QLINEAR_CONV",
    CIFAR + ", INTEGER",
    RFB + ", QDQ_PER_CHANNEL",
    RFB + ", QLINEAR_CONV",
  })
  void scalesMoveWithTheirChannelsAndComeBackByteForByte(String model, Form form)
      throws IOException {
    Path source = SharedModels.path(model);
    Path quantised = QuantisedOnnx.write(source, form, folder.resolve("quantised.onnx"));
    Map<String, float[]> floats = QuantisedOnnx.run(Files.readAllBytes(source));
    Map<String, float[]> integers = QuantisedOnnx.run(Files.readAllBytes(quantised));
    floats.forEach((name, values) -> assertThat(apart(values, integers.get(name))).isLessThan(0.2));

    Path shuffled = folder.resolve("shuffled.onnx");
    Path truth = folder.resolve("truth.json");
    Permute.Result permuted = LocalPair.permute(quantised, shuffled, 5, truth);
    assertThat(permuted.longestCycle()).isGreaterThan(10);
    assertThat(Files.mismatch(quantised, shuffled)).isNotNegative();
    Map<String, float[]> moved = QuantisedOnnx.run(Files.readAllBytes(shuffled));
    integers.forEach((name, values) -> assertThat(apart(values, moved.get(name))).isLessThan(1e-3));

    Path back = folder.resolve("back.onnx");
    PairOutcome outcome =
        LocalPair.resync(quantised, shuffled, back, truth, StructureChoice.AUTOMATIC);
    if (model.equals(RFB)) {
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
      assertThat(Files.mismatch(quantised, back)).isEqualTo(-1);
    } else {
      // Seven hidden neurons are next to dead: quantised they are nothing but noise.
      long wrong = outcome.psi().groups().stream().mapToLong(g -> g.units() - g.right()).sum();
      assertThat(wrong).isLessThanOrEqualTo(outcome.match().count(MatchState.AMBIGUOUS));
    }
    Map<String, float[]> restored = QuantisedOnnx.run(Files.readAllBytes(back));
    integers.forEach(
        (name, values) -> assertThat(apart(values, restored.get(name))).isLessThan(1e-3));
  }

  @ParameterizedTest
  @CsvSource({
    CIFAR + ", QDQ_PER_CHANNEL, a scale per channel",
    CIFAR + ", QDQ_PER_TENSOR, a scale per tensor",
    CIFAR + ", QLINEAR_CONV, a scale per channel",
    CIFAR + ", INTEGER, a scale per channel",
    RFB + ", QDQ_PER_CHANNEL, a scale per channel",
    RFB + ", QLINEAR_CONV, a scale per channel",
  })
  void integersAreMatchedWithTheFloatModelAndPutBack(String model, Form form, String scales)
      throws IOException {
    Path reference = SharedModels.path(model);
    Path quantised = QuantisedOnnx.write(reference, form, folder.resolve("quantised.onnx"));
    Path shuffled = folder.resolve("shuffled.onnx");
    LocalPair.permute(quantised, shuffled, 9, null);
    Path back = folder.resolve("back.onnx");
    PairOutcome outcome = LocalPair.resync(reference, shuffled, back);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("stored in int8", scales, "rounding to integers explains every difference");
    if (outcome.match().count(MatchState.AMBIGUOUS) == 0 || form != Form.QDQ_PER_TENSOR) {
      assertThat(Files.mismatch(quantised, back)).isEqualTo(-1);
    }
    assertThat(RunRows.of("", outcome).model().closeness().cosine()).isCloseTo(1, within(1e-3));
  }

  /** Norm of the difference over the norm. */
  private static double apart(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      norm += a[i] * a[i];
    }
    return Math.sqrt(difference / norm);
  }
}
