package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairs whose architecture no file knows, or of which only a part answers to each other. */
class AnyPairTest {
  private static final NamelessNetwork REFERENCE = NamelessNetwork.of(1);

  @TempDir private Path folder;

  private PairOutcome judged(NamelessNetwork suspect) throws IOException {
    return judged(REFERENCE, suspect);
  }

  private PairOutcome judged(NamelessNetwork reference, NamelessNetwork suspect)
      throws IOException {
    Path ours = folder.resolve("ours.safetensors");
    Path theirs = folder.resolve("theirs.safetensors");
    reference.write(ours);
    suspect.write(theirs);
    return LocalPair.resync(ours, theirs, null);
  }

  private void assertVerdict(NamelessNetwork suspect, Verdict verdict, String reason)
      throws IOException {
    PairOutcome outcome = judged(suspect);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(verdict);
    assertThat(outcome.judgement().reason()).contains(reason);
  }

  private static String other(String name) {
    return "net." + name.replace("trunk", "body").replace("kernel", "w").replace("gate", "a");
  }

  @Test
  void aCopyOfAnUnknownArchitectureIsIdentical() throws IOException {
    assertVerdict(REFERENCE, Verdict.IDENTICAL, "all 22 tensors are the same bytes");
  }

  @Test
  void aRenamedCopyIsIdenticalAndSaysSo() throws IOException {
    assertVerdict(REFERENCE.renamed(AnyPairTest::other), Verdict.IDENTICAL, "by content");
  }

  @Test
  void aFineTunedCopyIsDerivedInTheSameOrder() throws IOException {
    assertVerdict(REFERENCE.noised(0.1, 3), Verdict.DERIVED, "are in the reference's order");
    assertVerdict(
        REFERENCE.noised(0.1, 3).renamed(AnyPairTest::other),
        Verdict.DERIVED,
        "are in the reference's order");
  }

  @Test
  void aShuffledCopyIsFoundWithoutAnyStructure() throws IOException {
    assertVerdict(REFERENCE.shuffled(5), Verdict.PERMUTED, "groups were found from the pair");
  }

  /** So little of it moved that the whole looks as if it were in place. */
  @Test
  void aSmallShuffledPartOfANoisedCopyIsPutBack() throws IOException {
    NamelessNetwork reference = REFERENCE.faintInPart();
    PairOutcome outcome = judged(reference, reference.noised(0.05, 3).shuffledInPart(5));
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("relative difference 0.0498", "1 groups were found from the pair");
  }

  @Test
  void noUnrelatedNetworkIsCalledARelative() throws IOException {
    for (long seed = 2; seed < 12; seed++) {
      PairOutcome outcome = judged(NamelessNetwork.of(seed));
      assertThat(outcome.verdict())
          .as("seed %d: %s", seed, outcome.judgement().reason())
          .isIn(Verdict.UNRELATED, Verdict.UNDECIDED);
    }
  }

  @Test
  void aStolenAveragedCopyIsFoundBesideOtherWeights() throws IOException {
    NamelessNetwork suspect = NamelessNetwork.of(7).with(REFERENCE.renamed(name -> "ema." + name));
    assertVerdict(suspect, Verdict.DERIVED, "this is its averaged copy 'ema', which programs use");
  }

  @Test
  void anUnrelatedAveragedCopyMakesASuspectDerived() throws IOException {
    NamelessNetwork suspect = REFERENCE.with(NamelessNetwork.of(7).renamed(name -> "ema." + name));
    assertVerdict(suspect, Verdict.DERIVED, "its averaged copy 'ema', which programs use, is UN");
  }

  @Test
  void anExtraTensorIsToldAndChangesTheVerdict() throws IOException {
    NamelessNetwork more =
        NamelessNetwork.of(3)
            .renamed(name -> name.equals("readout.kernel") ? "probe.kernel" : name);
    NamelessNetwork suspect = more.with(REFERENCE);
    assertVerdict(suspect, Verdict.DERIVED, "only in the suspect: 'probe.kernel' F32 [10, 32]");
  }

  @ParameterizedTest
  @CsvSource({"4, false", "8, false", "4, true", "8, true"})
  void expertsWithoutNamesAreFoundInAnotherOrder(int count, boolean packed) throws IOException {
    UnaryOperator<NamelessNetwork> stored = packed ? NamelessNetwork::packed : network -> network;
    NamelessNetwork experts = NamelessNetwork.ofExperts(count, 1);
    NamelessNetwork reference = stored.apply(experts);
    PairOutcome shuffled = judged(reference, stored.apply(experts.shuffledExperts(5)));
    assertThat(shuffled.verdict()).as(shuffled.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(shuffled.judgement().reason()).contains("tensors stand under each other's names");
    PairOutcome noised = judged(reference, stored.apply(experts.shuffledExperts(5).noised(0.1, 3)));
    assertThat(noised.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(noised.judgement().reason()).containsPattern("relative difference 0\\.(0[9]|10)");
    PairOutcome other = judged(reference, stored.apply(NamelessNetwork.ofExperts(count, 2)));
    assertThat(other.verdict()).isIn(Verdict.UNRELATED, Verdict.UNDECIDED);
  }

  @Test
  void expertsAreWrittenUnderTheNamesWhereTheyBelong() throws IOException {
    Path ours = folder.resolve("ours.safetensors");
    Path theirs = folder.resolve("theirs.safetensors");
    Path back = folder.resolve("back.safetensors");
    NamelessNetwork experts = NamelessNetwork.ofExperts(8, 1);
    experts.write(ours);
    experts.shuffledExperts(5).write(theirs);
    LocalPair.resync(ours, theirs, back);
    assertThat(LocalPair.resync(ours, back, null).verdict()).isEqualTo(Verdict.IDENTICAL);
  }

  /** Most lies in place then, and what does not is told by its weights alone. */
  @Test
  void expertsThatAloneWereExchangedAreFound() throws IOException {
    NamelessNetwork experts = NamelessNetwork.ofExperts(8, 1);
    PairOutcome outcome = judged(experts, experts.exchanged("1011", "1031"));
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason())
        .contains("2 tensors stand under each other's names, for example '1011' under '1031'");
  }

  /** Names alone choose an architecture, and nothing says how many heads there are. */
  @Test
  void aLlamaWithoutItsConfigurationIsPutBackByItsWeights() throws IOException {
    Path reference = TestModels.llama(folder);
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(reference, shuffled, 5, null);
    PairOutcome outcome =
        LocalPair.resync(
            alone(reference, "ours.safetensors"), alone(shuffled, "theirs.safetensors"), null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason()).contains("groups were found from the pair");
  }

  @Test
  void aGraphOfWhichNothingIsTracedSaysNothing() throws IOException {
    Path ours = REFERENCE.writeOnnx(folder.resolve("ours.onnx"));
    Path theirs = REFERENCE.shuffled(5).writeOnnx(folder.resolve("theirs.onnx"));
    PairOutcome outcome = LocalPair.resync(ours, theirs, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
  }

  private Path alone(Path model, String name) throws IOException {
    return Files.copy(model.resolve("model.safetensors"), folder.resolve(name));
  }

  /** Layers are told from experts by the units that would say which expert is which. */
  @Test
  void layersThatMovedAreToldThoughTheirUnitsWereShuffled() throws IOException {
    NamelessNetwork moved =
        REFERENCE
            .shuffled(5)
            .renamed(
                name -> name.replace(".1.", ".x.").replace(".2.", ".1.").replace(".x.", ".2."));
    assertVerdict(moved, Verdict.DERIVED, "layer moved: trunk.2 as number 1");
  }

  @Test
  void aNetworkOfOneMatrixIsDerivedInPlace() throws IOException {
    NamelessNetwork one = REFERENCE.only("stem.proj.kernel");
    PairOutcome outcome = judged(one, one.noised(0.1, 3));
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    PairOutcome other = judged(one, NamelessNetwork.of(2).only("stem.proj.kernel"));
    assertThat(other.verdict()).isIn(Verdict.UNDECIDED, Verdict.UNRELATED);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void groupsOfAConvolutionArePutBackEachInItsOrder(double noise) throws IOException {
    NamelessNetwork grouped = NamelessNetwork.ofGroups(1);
    PairOutcome outcome = judged(grouped, grouped.shuffledGroups(5).noised(noise, 3));
    assertThat(outcome.verdict())
        .as(outcome.judgement().reason())
        .isEqualTo(noise == 0 ? Verdict.PERMUTED : Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .containsPattern(noise == 0 ? "same bytes" : "relative difference 0\\.(0[9]|10)");
    assertThat(judged(grouped, NamelessNetwork.ofGroups(2)).verdict())
        .isIn(Verdict.UNDECIDED, Verdict.UNRELATED);
  }

  @Test
  void aKnownNetworkUnderOtherNamesIsPutBackByItsStructure() throws IOException {
    Path reference = TestModels.llama(folder);
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(reference, shuffled, 5, null);
    Path model = shuffled.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    // Names of equal length keep the header's length.
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    String renamed =
        text.replace("self_attn.", "attention.".substring(0, 9) + ".").replace("mlp.", "ffn.");
    assertThat(renamed.length()).isEqualTo(text.length());
    Path other = folder.resolve("other.safetensors");
    Files.write(other, renamed.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    PairOutcome outcome = LocalPair.resync(reference, other, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.structure()).isEqualTo("llama");
  }
}
