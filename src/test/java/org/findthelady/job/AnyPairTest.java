package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs whose architecture no file knows, or of which only a part answers to each other. */
class AnyPairTest {
  private static final NamelessNetwork REFERENCE = NamelessNetwork.of(1);

  @TempDir private Path folder;

  private PairOutcome judged(NamelessNetwork suspect) throws IOException {
    Path ours = folder.resolve("ours.safetensors");
    Path theirs = folder.resolve("theirs.safetensors");
    REFERENCE.write(ours);
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
