package org.findthelady.match.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private final Structure mlp = Structures.mlp(64, 96, 80, 10);
  private final Model reference = Model.random(mlp, 1);
  private final GroupPermutations shuffle = GroupPermutations.random(mlp, 7);

  /** What was said of a pair. */
  private record Said(Judgement judgement, List<Finding> findings) {}

  @Test
  void prunedCopiesWithUntouchedBiasesAreDerived() throws Exception {
    for (double share : new double[] {0.5, 0.9, 0.95, 0.98, 0.99}) {
      Model pruned = reference.changed(Model.pruned(share));
      for (Model suspect : List.of(pruned, pruned.gathered(shuffle))) {
        Said said = judge(reference, suspect);
        assertThat(said.judgement().verdict()).as("" + share).isEqualTo(Verdict.DERIVED);
        assertThat(said.judgement().reason())
            .contains("are zero", "pruned from it")
            .doesNotContain("quantised");
      }
    }
  }

  @Test
  void equalBiasesAreNoEvidenceOfOrigin() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Model suspect = Model.random(mlp, 100 + seed);
      reference.values.forEach(
          (name, data) -> {
            if (name.endsWith("bias")) {
              suspect.values.put(name, data.clone());
            }
          });
      assertThat(judge(reference, suspect.gathered(shuffle)).judgement().verdict())
          .isEqualTo(Verdict.UNRELATED);
    }
  }

  @Test
  void networksOfFewValuesAreNotEqualByChance() throws Exception {
    Map<String, UnaryOperator<float[]>> few = new LinkedHashMap<>();
    few.put("sign", each(v -> v >= 0 ? 1 : -1));
    few.put("ternary", each(v -> Math.abs(v) > 0.035f ? Math.signum(v) : 0));
    few.put("fixed point", each(v -> Math.round(v * 32) / 32f));
    few.put("eight bits", each(v -> Math.round(v * 512) / 512f));
    few.put("pruned", Model.pruned(0.9));
    for (var change : few.entrySet()) {
      for (int seed = 0; seed < 5; seed++) {
        Model other = Model.random(mlp, 200 + seed).changed(change.getValue());
        Said said = judge(reference.changed(change.getValue()), other);
        assertThat(said.judgement().verdict()).as(change.getKey()).isEqualTo(Verdict.UNRELATED);
      }
    }
  }

  @Test
  void sharedTablesThatFollowARuleAreNoEvidence() throws Exception {
    Structure structure = Structures.residual(256, 64, 96, 1);
    Model ours = Model.random(structure, 1);
    Model theirs = Model.random(structure, 2);
    float[] sinusoids = new float[256 * 64];
    for (int i = 0; i < sinusoids.length; i++) {
      double angle = Math.floorDiv(i, 64) / Math.pow(10000, Math.floorDiv(i % 64, 2) / 32.0);
      sinusoids[i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
    }
    ours.values.put("embed", sinusoids);
    theirs.values.put("embed", sinusoids.clone());
    Judgement judgement = judge(ours, theirs).judgement();
    assertThat(judgement.verdict()).isEqualTo(Verdict.UNRELATED);
    assertThat(judgement.reason()).contains("follow a rule");
  }

  @Test
  void aFewEqualNumbersNeitherProveAnOriginNorClear() throws Exception {
    Structure residual = Structures.residual(60, 64, 96, 1);
    Map<String, List<Axis>> axes = new LinkedHashMap<>(residual.axes());
    axes.put("table", List.of(Structures.frozen(16), Structures.frozen(16)));
    Structure structure = new Structure("with a table", residual.groups(), axes);
    Model ours = Model.random(structure, 1);
    Model theirs = Model.random(structure, 2);
    theirs.values.put("table", ours.values.get("table").clone());
    Judgement judgement = judge(ours, theirs).judgement();
    assertThat(judgement.verdict()).as(judgement.reason()).isEqualTo(Verdict.UNDECIDED);
    assertThat(judgement.reason()).contains("equal numbers only in table");
  }

  @Test
  void aSharedEmbeddingIsNamed() throws Exception {
    Structure structure = Structures.residual(256, 64, 96, 2);
    Model ours = Model.random(structure, 1);
    Model theirs = Model.random(structure, 2);
    theirs.values.put("embed", ours.values.get("embed").clone());
    Judgement judgement = judge(ours, theirs).judgement();
    assertThat(judgement.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(judgement.reason()).contains("the same values in embed", "stream");
  }

  @Test
  void scalingThatIsUndoneIsToldFromTampering() throws Exception {
    Model benign = reference.copy();
    scale(benign, "fc1.weight", 0, 5, 3);
    scale(benign, "fc1.bias", 0, 5, 3);
    Model tampered = benign.copy();
    scale(benign, "fc2.weight", 1, 5, 1 / 3f);
    Said kept = judge(reference, benign.gathered(shuffle));
    assertThat(kept.judgement().verdict()).isEqualTo(Verdict.RESCALED);
    assertThat(kept.judgement().reason()).contains("1 neurons were scaled", "keeps the function");
    assertThat(kept.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.kind()).isEqualTo(FindingKind.UNIT_SCALED);
              assertThat(finding.group()).isEqualTo("one");
              assertThat(finding.unit()).isEqualTo(5);
              assertThat(finding.size()).isCloseTo(3, org.assertj.core.data.Offset.offset(1e-4));
            });
    Said changed = judge(reference, tampered.gathered(shuffle));
    assertThat(changed.judgement().verdict()).isEqualTo(Verdict.RESCALED);
    assertThat(changed.judgement().reason()).contains("function is changed");
  }

  @Test
  void nothingHidesBehindScaling() throws Exception {
    for (String tensor : List.of("fc3.weight", "fc3.bias", "fc1.bias", "fc2.bias", "fc2.weight")) {
      Model suspect = reference.copy();
      scale(suspect, "fc1.weight", 0, 5, 3);
      float[] data = suspect.values.get(tensor);
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) (0.05 * random.nextGaussian());
      }
      Judgement judgement = judge(reference, suspect.gathered(shuffle)).judgement();
      assertThat(judgement.verdict()).as(tensor).isEqualTo(Verdict.DERIVED);
    }
  }

  @Test
  void aChangeInOneWeightNamesTheNeuron() throws Exception {
    Model suspect = reference.copy();
    float[] data = suspect.values.get("fc2.weight");
    data[17 * 96 + 3] = Math.nextUp(data[17 * 96 + 3]);
    Said said = judge(reference, suspect.gathered(shuffle));
    assertThat(said.judgement().verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(said.findings()).hasSize(1);
    Finding finding = said.findings().get(0);
    assertThat(finding.kind()).isEqualTo(FindingKind.UNIT_CHANGED);
    assertThat(finding.tensor()).isEqualTo("fc2.weight");
    assertThat(finding.group()).isEqualTo("two");
    assertThat(finding.unit()).isEqualTo(17);
    assertThat(finding.size()).isGreaterThan(0).isLessThan(1e-6);
  }

  @Test
  void missingBiasesHaveANumber() throws Exception {
    Model suspect = reference.copy();
    suspect.values.replaceAll(
        (name, data) -> name.endsWith("bias") ? new float[data.length] : data);
    Said said = judge(reference, suspect);
    assertThat(said.judgement().reason())
        .contains("all weights are the same", "relative difference 1")
        .doesNotContain("0.00");
    assertThat(said.findings()).extracting(Finding::kind).containsOnly(FindingKind.ZEROED);
  }

  @Test
  void aSuspectWithoutNumbersIsNotJudged() throws Exception {
    for (float value : new float[] {0, Float.NaN}) {
      Model suspect = reference.copy();
      suspect.values.replaceAll(
          (name, data) -> {
            float[] same = new float[data.length];
            Arrays.fill(same, value);
            return same;
          });
      assertThat(judge(reference, suspect).judgement().verdict()).isEqualTo(Verdict.UNDECIDED);
    }
  }

  private static UnaryOperator<float[]> each(FloatChange change) {
    return data -> {
      float[] changed = new float[data.length];
      for (int i = 0; i < data.length; i++) {
        changed[i] = change.of(data[i]);
      }
      return changed;
    };
  }

  private interface FloatChange {
    float of(float value);
  }

  /** Multiplies one index of an axis. */
  private static void scale(Model model, String tensor, int axis, int index, float factor) {
    Shape shape = model.shape(tensor);
    float[] data = model.values.get(tensor);
    int inner = (int) shape.elements(axis + 1, shape.rank());
    for (int i = 0; i < data.length; i++) {
      data[i] *= i / inner % shape.intLength(axis) == index ? factor : 1;
    }
  }

  private static Said judge(Model reference, Model suspect) throws Exception {
    Structure structure = reference.structure;
    MatchResult match = Matcher.match(structure, reference, suspect, MatchOptions.defaults());
    Model back = suspect.gathered(match.resync());
    List<TensorComparison> tensors = new ArrayList<>();
    Map<String, EqualTensor> equal = new LinkedHashMap<>();
    for (String name : reference.names()) {
      float[] ours = reference.values.get(name);
      float[] theirs = back.values.get(name);
      TensorComparison comparison = TensorComparison.same(name, reference.shape(name));
      if (!Arrays.equals(ours, theirs)) {
        comparison = new TensorComparison(name, reference.shape(name).rank() >= 2);
        comparison.bytesDiffer();
        comparison.add(ours, theirs, ours.length);
        comparison.finish();
      }
      tensors.add(comparison);
      equal.put(name, EqualTensor.of(reference, name));
    }
    PairFacts facts = new PairFacts(name -> false, List.of(), equal, 0x1p-24);
    List<NeuronChanges> changes =
        match.groups().stream().map(g -> NeuronChanges.of(g, facts.roundoff())).toList();
    return new Said(
        Judge.judge(match, changes, tensors, facts), Findings.of(match, changes, tensors, facts));
  }

  @Test
  void aGatedUnitIsSeenOnEveryIncomingMember() throws Exception {
    Group stream = Group.root("stream", 48);
    Group hidden = Group.root("hidden", 64);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(Structures.frozen(90), Structures.all(stream)));
    axes.put("gate", List.of(Structures.all(hidden), Structures.all(stream)));
    axes.put("up", List.of(Structures.all(hidden), Structures.all(stream)));
    axes.put("down", List.of(Structures.all(stream), Structures.all(hidden)));
    Structure gated = new Structure("gated", List.of(stream, hidden), axes);
    Model ours = Model.random(gated, 5);
    Model theirs = ours.copy();
    scale(theirs, "up", 0, 9, -2);
    scale(theirs, "down", 1, 9, -0.5f);
    Said said = judge(ours, theirs.gathered(GroupPermutations.random(gated, 3)));
    assertThat(said.judgement().verdict()).isEqualTo(Verdict.RESCALED);
    assertThat(said.judgement().reason()).contains("keeps the function");
    assertThat(said.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.tensor()).isEqualTo("up");
              assertThat(finding.unit()).isEqualTo(9);
            });
  }

  @Test
  void noRowOfALayerDrawnAnewHasItsSignTurned() throws Exception {
    Structure small = Structures.mlp(12, 96, 80, 10);
    Model ours = Model.random(small, 1);
    Model theirs = ours.copy();
    theirs.values.put("fc1.weight", Model.random(small, 9).values.get("fc1.weight"));
    for (Model suspect : List.of(theirs, theirs.gathered(GroupPermutations.random(small, 3)))) {
      assertThat(judge(ours, suspect).findings())
          .extracting(Finding::kind)
          .containsOnly(FindingKind.REPLACED);
    }
  }

  @Test
  void rowsThatPruningAndRoundingMadeSmallerWereNotScaled() throws Exception {
    Model ours = reference.copy();
    Model theirs = reference.copy();
    float[] from = ours.values.get("fc2.weight");
    float[] to = theirs.values.get("fc2.weight");
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < from.length; i++) {
      int row = i / 96;
      boolean small = row < 3 && i % 96 > 4;
      from[i] = small ? 0.02f * (float) random.nextGaussian() : from[i];
      to[i] =
          Math.abs(from[i]) < 0.03f ? 0 : from[i] * (1 + 0.004f * (float) random.nextGaussian());
    }
    assertThat(judge(ours, theirs).findings())
        .extracting(Finding::kind)
        .doesNotContain(FindingKind.UNIT_SCALED);
  }

  @Test
  void twoTrainingsFromOneStartAreToldFromOneThatWasTrainedOn() throws Exception {
    Model one = reference.copy();
    Model two = reference.copy();
    Model on = reference.copy();
    SplittableRandom random = new SplittableRandom(4);
    for (String name : reference.names()) {
      if (reference.shape(name).rank() > 1) {
        for (int i = 0; i < one.values.get(name).length; i++) {
          one.values.get(name)[i] += (float) (0.04 * random.nextGaussian());
          two.values.get(name)[i] += (float) (0.04 * random.nextGaussian());
          on.values.get(name)[i] += (float) (0.04 * random.nextGaussian());
        }
      }
    }
    String apart = judge(one, two.gathered(shuffle)).judgement().reason();
    assertThat(apart).contains("trained apart from one start");
    assertThat(judge(reference, on).judgement().reason()).doesNotContain("one start");
    Model replaced = reference.copy();
    replaced.values.put(
        "fc2.weight", Model.random(reference.structure, 9).values.get("fc2.weight"));
    assertThat(judge(reference, replaced).judgement().reason()).doesNotContain("one start");
    Model partly = reference.copy();
    partly.values.put("fc1.weight", one.values.get("fc1.weight"));
    partly.values.put("fc2.weight", one.values.get("fc2.weight"));
    Model other = partly.copy();
    other.values.put("fc1.weight", two.values.get("fc1.weight"));
    other.values.put("fc2.weight", two.values.get("fc2.weight"));
    assertThat(judge(partly, other).judgement().reason()).doesNotContain("one start");
  }

  @Test
  void aBlockThatIsACopyOfAnotherOneWasNotTrainedApart() throws Exception {
    Structure structure = Structures.residual(60, 64, 96, 4);
    Model ours = Model.random(structure, 1);
    Model theirs = ours.copy();
    SplittableRandom random = new SplittableRandom(8);
    List<String> weights =
        ours.names().stream().filter(name -> ours.shape(name).rank() > 1).limit(3).toList();
    for (String name : weights.subList(1, 3)) {
      float[] values = theirs.values.get(name);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.3 * values[i] + 0.05 * random.nextGaussian());
      }
    }
    assertThat(judge(ours, theirs).judgement().reason()).doesNotContain("one start");
  }
}
