package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.match.Model;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done to one expert, which is a part of a layer's tensor in the structure. */
class ExpertFindingsTest {
  private static final String EXPERT = "model.layers.1.block_sparse_moe.experts.2.w3.weight";
  private static final int INNER = 48;
  private static final int HIDDEN = 32;
  private static final int ROW = 31;

  /** Units of the layer count through its experts. */
  private static final int UNIT = 2 * INNER + ROW;

  private final Experts experts = new Experts(false);

  @TempDir private Path folder;
  private int count;

  @Test
  void aNeuronOfAnExpertIsNamed() throws IOException {
    one(row(x -> 1.5f * x), FindingKind.UNIT_SCALED, UNIT, 1.5);
    one(row(x -> -x), FindingKind.UNIT_SIGN_TURNED, UNIT, 1);
    SplittableRandom random = new SplittableRandom(4);
    UnaryOperator<Float> drawn = x -> (float) (0.1 * random.nextGaussian());
    one(row(drawn), FindingKind.UNIT_CHANGED, UNIT, Double.NaN);
    one(values -> first(values, Math::nextUp), FindingKind.UNIT_CHANGED, UNIT, Double.NaN);
    one(
        values -> row(drawn).apply(Model.noise(0.01, 3).apply(values)),
        FindingKind.UNIT_CHANGED,
        UNIT,
        Double.NaN);
  }

  @Test
  void whatExplainsAnExpertWhollyIsTold() throws IOException {
    one(Model.quantised(4), FindingKind.QUANTISED, -1, 4);
    one(ExpertFindingsTest::drifted, FindingKind.LOW_RANK_DRIFT, -1, 1);
    one(values -> each(values, x -> -x), FindingKind.TENSOR_SCALED, -1, -1);
    one(Model.noise(0.2, 5), FindingKind.WEIGHTS_CHANGED, -1, 0.2);
    SplittableRandom random = new SplittableRandom(9);
    one(
        values -> each(values, x -> (float) (0.1 * random.nextGaussian())),
        FindingKind.REPLACED,
        -1,
        Double.NaN);
  }

  @Test
  void aLayerOfExpertsMayBeMissing() throws IOException {
    PairOutcome outcome = shuffled(experts.shorter(folder.resolve("s")));
    assertThat(outcome.audited()).as("" + outcome.notAudited()).isTrue();
    assertThat(outcome.findings())
        .anyMatch(
            f -> f.kind() == FindingKind.LAYER_REMOVED && f.tensor().equals("model.layers.1"));
  }

  private PairOutcome shuffled(Path suspect) throws IOException {
    Path shuffled = folder.resolve("m");
    LocalPair.permute(suspect, shuffled, 7, null);
    return LocalPair.resync(experts.split(folder.resolve("r")), shuffled, null);
  }

  @Test
  void layersThatWereExchangedAreToldThoughTheirExpertsAreShuffled() throws IOException {
    PairOutcome outcome = shuffled(experts.exchanged(folder.resolve("s")));
    assertThat(outcome.findings())
        .as(outcome.judgement().reason())
        .isNotEmpty()
        .allMatch(f -> f.kind() == FindingKind.LAYER_MOVED);
  }

  @Test
  void expertsAndNeuronsOfAllExpertsThatWereRemovedAreNamed() throws IOException {
    removed(experts.fewer(folder.resolve("f"), 1), "expert.0", List.of(1));
    removed(
        experts.narrower(folder.resolve("n"), Set.of(3, 40)),
        "mlp.0",
        List.of(3, 40, 51, 88, 99, 136, 147, 184));
  }

  private void removed(Path suspect, String group, List<Integer> units) throws IOException {
    Path reference = experts.split(folder.resolve("r" + count));
    Path shuffled = folder.resolve("m" + count++);
    LocalPair.permute(suspect, shuffled, 7, null);
    for (Path judged : List.of(suspect, shuffled)) {
      PairOutcome outcome = LocalPair.resync(reference, judged, null);
      String reason = outcome.judgement().reason();
      assertThat(reason).contains("all other weights are the reference's own");
      assertThat(outcome.findings())
          .filteredOn(f -> f.kind() == FindingKind.UNIT_REMOVED && f.group().equals(group))
          .extracting(Finding::unit)
          .as(reason)
          .containsExactlyElementsOf(units);
    }
  }

  /** One tensor rounded row by row, and one of two values that are no rounding. */
  @Test
  void aGuessAtBitsGivesWayToWhatRoundingTells() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    Map<String, UnaryOperator<float[]>> changes =
        Map.of(
            EXPERT,
            ExpertFindingsTest::twoBits,
            EXPERT.replace("w3", "w1"),
            values -> each(values, x -> random.nextBoolean() ? 0.1f : -0.1f));
    PairOutcome outcome =
        LocalPair.resync(
            experts.split(folder.resolve("r")),
            experts.changed(folder.resolve("s"), changes),
            null);
    assertThat(outcome.judgement().reason())
        .contains("quantised to 2 bits: rounding to the nearest level")
        .doesNotContain("values a tensor");
  }

  private static float[] twoBits(float[] values) {
    float[] rounded = new float[values.length];
    for (int at = 0; at < values.length; at += HIDDEN) {
      float[] row = Arrays.copyOfRange(values, at, at + HIDDEN);
      System.arraycopy(Model.quantised(2).apply(row), 0, rounded, at, HIDDEN);
    }
    return rounded;
  }

  /** Judges one change, in place and shuffled. */
  private void one(UnaryOperator<float[]> change, FindingKind kind, int unit, double size)
      throws IOException {
    Path reference = experts.split(folder.resolve("r" + count));
    Path suspect = experts.changed(folder.resolve("s" + count), Map.of(EXPERT, change));
    Path shuffled = folder.resolve("m" + count++);
    LocalPair.permute(suspect, shuffled, 7, null);
    for (Path judged : List.of(suspect, shuffled)) {
      PairOutcome outcome = LocalPair.resync(reference, judged, null);
      assertThat(outcome.verdict().isCopy()).isTrue();
      List<Finding> told =
          outcome.findings().stream().filter(f -> f.kind() != FindingKind.CAST).toList();
      assertThat(told).as("" + outcome.findings()).anyMatch(f -> fits(f, kind, unit, size));
      assertThat(told).as("" + told).allMatch(f -> f.tensor().equals(EXPERT));
      if (unit >= 0) {
        assertThat(told).as("" + told).noneMatch(f -> f.unit() >= 0 && f.unit() != unit);
      }
    }
  }

  private static boolean fits(Finding finding, FindingKind kind, int unit, double size) {
    return finding.kind() == kind
        && finding.unit() == unit
        && (Double.isNaN(size) || Math.abs(finding.size() - size) < 0.1 * Math.abs(size));
  }

  private static UnaryOperator<float[]> row(UnaryOperator<Float> change) {
    return values -> {
      float[] changed = values.clone();
      for (int i = ROW * HIDDEN; i < (ROW + 1) * HIDDEN; i++) {
        changed[i] = change.apply(changed[i]);
      }
      return changed;
    };
  }

  private static float[] first(float[] values, UnaryOperator<Float> change) {
    float[] changed = values.clone();
    changed[ROW * HIDDEN] = change.apply(changed[ROW * HIDDEN]);
    return changed;
  }

  private static float[] each(float[] values, UnaryOperator<Float> change) {
    float[] changed = values.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.apply(changed[i]);
    }
    return changed;
  }

  private static float[] drifted(float[] values) {
    SplittableRandom random = new SplittableRandom(6);
    double[] down = random.doubles(HIDDEN, -0.1, 0.1).toArray();
    double[] up = random.doubles(INNER, -1, 1).toArray();
    float[] changed = values.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] += (float) (up[i / HIDDEN] * down[i % HIDDEN]);
    }
    return changed;
  }
}
