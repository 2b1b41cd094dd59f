package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OddUnitsTest {
  private static final String UP = "model.layers.2.mlp.up_proj.weight";

  @TempDir private Path folder;

  @Test
  void aTensorOfNanHasNoOddUnits() throws IOException {
    PairOutcome outcome = edited(values -> {}, values -> Arrays.fill(values, Float.NaN));
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.findings())
        .extracting(Finding::kind)
        .contains(FindingKind.NOT_FINITE)
        .doesNotContain(FindingKind.UNIT_CHANGED);
  }

  @Test
  void aRowThatIsNewInATensorThatWasPrunedOrRoundedIsNamed() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (boolean pruned : new boolean[] {true, false}) {
      PairOutcome outcome =
          edited(
              OddUnitsTest::fadeRow,
              values -> {
                for (int i = 0; i < values.length; i++) {
                  float rounded = Math.round((values[i] - 0.009f) / 0.02f) * 0.02f + 0.009f;
                  values[i] = pruned && Math.abs(values[i]) < 0.04f ? 0 : rounded;
                  values[i] = i / 64 == 20 ? 0.1f * (float) random.nextGaussian() : values[i];
                }
              });
      assertThat(outcome.findings())
          .filteredOn(finding -> finding.kind() == FindingKind.UNIT_CHANGED)
          .singleElement()
          .satisfies(finding -> assertThat(finding.unit()).isEqualTo(20));
      assertThat(outcome.findings())
          .extracting(Finding::kind)
          .contains(pruned ? FindingKind.PRUNED : FindingKind.QUANTISED);
    }
  }

  /** By chance a row drawn anew points to where the old one did, more or less. */
  @Test
  void aRowIsScaledOnlyIfNothingElseIsDoneToItWhereAllOthersHold() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    PairOutcome outcome =
        edited(
            values -> {},
            values -> {
              for (int i = 20 * 64; i < 21 * 64; i++) {
                values[i] = 0.2f * values[i] + 0.01f * (float) random.nextGaussian();
              }
            });
    assertThat(outcome.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.kind()).isEqualTo(FindingKind.UNIT_CHANGED));
  }

  @Test
  void aColumnOfZerosHasASize() throws IOException {
    double[] square = {0};
    PairOutcome outcome =
        edited(
            values -> {},
            values -> {
              for (int i = 5; i < values.length; i += 64) {
                square[0] += values[i] * values[i];
                values[i] = 0;
              }
            });
    assertThat(outcome.findings())
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.size()).isCloseTo(Math.sqrt(square[0]), within(1e-4)));
  }

  @Test
  void oneOfTwoClassesIsNamedWhereTheOtherIsAsItWas() {
    SplittableRandom random = new SplittableRandom(6);
    float[] ours = new float[128];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = (float) random.nextGaussian();
    }
    float[] theirs = ours.clone();
    assertThat(head(ours, theirs)).isNull();
    for (int i = 1; i < ours.length; i += 2) {
      theirs[i] *= -1;
    }
    assertThat(head(ours, theirs)).isNotNull();
    assertThat(head(ours, theirs).isAll()).isTrue();
    for (int i = 0; i < ours.length; i += 2) {
      theirs[i] *= 1.01f;
    }
    assertThat(head(ours, theirs)).isNull();
  }

  private static OddUnits head(float[] ours, float[] theirs) {
    return OddUnits.of(null, "head", Shape.of(ours.length / 2, 2), ours, theirs, 0, false);
  }

  /** Leaves hardly any weight in a row: rounding then changes all of it. */
  private static void fadeRow(float[] values) {
    for (int i = 7 * 64; i < 8 * 64; i++) {
      values[i] *= 0.01f;
    }
  }

  /**
   * The Llama against itself with other numbers in one tensor.
   *
   * @param first what is done to both sides
   * @param edit what is done to the suspect after that
   */
  private PairOutcome edited(Consumer<float[]> first, Consumer<float[]> edit) throws IOException {
    Path reference = TestModels.llama(Files.createTempDirectory(folder, "llama"));
    Path suspect = Files.createTempDirectory(folder, "suspect");
    Files.copy(reference.resolve("config.json"), suspect.resolve("config.json"));
    Path weights = reference.resolve("model.safetensors");
    byte[] file = Files.readAllBytes(weights);
    TensorInfo up =
        Checkpoints.open(new HadoopStore(), weights.toString()).tensors().stream()
            .filter(tensor -> tensor.name().equals(UP))
            .findFirst()
            .orElseThrow();
    float[] values = new float[Math.toIntExact(up.shape().elements())];
    ByteBuffer stored = ByteBuffer.wrap(file, (int) up.offset(), (int) up.length()).slice();
    Floats.decode(DType.F32, stored.duplicate(), values, 0, values.length);
    first.accept(values);
    Floats.encode(DType.F32, values, 0, values.length, stored.duplicate());
    Files.write(weights, file);
    edit.accept(values);
    Floats.encode(DType.F32, values, 0, values.length, stored.duplicate());
    Files.write(suspect.resolve("model.safetensors"), file);
    return LocalPair.resync(reference, suspect, null);
  }
}
