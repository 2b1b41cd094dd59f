package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.align.QuantisedOnnx;
import org.findthelady.core.Verdict;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.verdict.Judge;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reference in one format, suspect in another: shuffled in its own format, by its own structure,
 * and put back byte for byte.
 */
class CrossFormatTest {
  private static final String RFB = "models/face-rfb/version-RFB-320.pth";
  private static final String RFB_ONNX = "models/face-rfb/onnx/version-RFB-320";
  private static final String BIN = "models/llama-stories/stories260K.bin";
  private static final String SILERO = "models/silero-vad/silero_vad_16k.safetensors";
  private static final String SILERO_ONNX = "models/silero-vad/silero_vad_16k_op15.onnx";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    RFB + ", " + RFB_ONNX + ".onnx, all 244 tensors are the same bytes once 1693 neurons",
    RFB + ", " + RFB_ONNX + "_without_postprocessing.onnx, all 244 tensors are the same bytes",
    "models/llama-stories/hf, " + BIN + ", Meta's interleaved rotary rows were converted",
  })
  void theSameBytesAreFoundInAnotherFormat(String reference, String suspect, String reason)
      throws IOException {
    PairOutcome outcome = comesBack(reference, suspect);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({
    RFB + ", " + RFB_ONNX + "_simplified.onnx, folded into 35 convolutions of the suspect",
    SILERO + ", " + SILERO_ONNX + ", by declared names (15)",
    SILERO_ONNX + ", " + SILERO + ", by declared names (15)",
  })
  void theSameValuesAreFoundInAnotherFormat(String reference, String suspect, String reason)
      throws IOException {
    PairOutcome outcome = comesBack(reference, suspect);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason()).contains(reason);
  }

  /** Shuffles the suspect in its own format and has it put back. */
  private PairOutcome comesBack(String reference, String suspect) throws IOException {
    Path original = SharedModels.path(suspect);
    Path shuffled = folder.resolve("shuffled-" + original.getFileName());
    Path truth = folder.resolve("truth.json");
    Permute.Result permuted = LocalPair.permute(original, shuffled, 5, truth);
    assertThat(permuted.longestCycle()).isGreaterThan(10);
    assertThat(Files.mismatch(original, shuffled)).isNotNegative();
    Path back = folder.resolve("back-" + original.getFileName());
    PairOutcome outcome =
        LocalPair.resync(
            SharedModels.path(reference), shuffled, back, truth, StructureChoice.AUTOMATIC);
    assertThat(outcome.psi()).as(outcome.judgement().reason()).isNotNull();
    assertThat(outcome.psi().percent()).as(outcome.judgement().reason()).isEqualTo(100);
    assertThat(Files.mismatch(original, back)).isEqualTo(-1);
    return outcome;
  }

  @Test
  void aGgufFileIsReadByItsNames() throws IOException {
    Path gguf = LlamaGguf.write(SharedModels.path(BIN), false, folder.resolve("llama.gguf"));
    Path shuffled = folder.resolve("shuffled.gguf");
    Path truth = folder.resolve("truth.json");
    LocalPair.permute(gguf, shuffled, 6, truth);
    Path back = folder.resolve("back.gguf");
    Path reference = SharedModels.path("models/llama-stories/hf");
    PairOutcome outcome =
        LocalPair.resync(reference, shuffled, back, truth, StructureChoice.AUTOMATIC);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.psi().percent()).isEqualTo(100);
    assertThat(Files.mismatch(gguf, back)).isEqualTo(-1);
  }

  @Test
  void blocksOfAGgufFileAreMatchedAsValues() throws IOException {
    Path gguf = LlamaGguf.write(SharedModels.path(BIN), true, folder.resolve("llama.gguf"));
    PairOutcome outcome =
        LocalPair.resync(SharedModels.path("models/llama-stories/hf"), gguf, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason()).contains("stored in blocks of Q8_0");
    assertThat(outcome.match().groups()).allMatch(group -> Judge.moved(group) == 0);
  }

  @Test
  void batchNormalisationMayBeFoldedAndThenQuantised() throws IOException {
    Path quantised =
        QuantisedOnnx.write(
            SharedModels.path(RFB_ONNX + "_simplified.onnx"),
            QuantisedOnnx.Form.QLINEAR_CONV,
            folder.resolve("quantised.onnx"));
    Path shuffled = folder.resolve("shuffled.onnx");
    Path truth = folder.resolve("truth.json");
    LocalPair.permute(quantised, shuffled, 4, truth);
    Path back = folder.resolve("back.onnx");
    PairOutcome outcome =
        LocalPair.resync(SharedModels.path(RFB), shuffled, back, truth, StructureChoice.AUTOMATIC);
    assertThat(outcome.judgement().reason())
        .contains("stored in int8, a scale per channel (52 of 52 weights)")
        .contains("folded into 35 convolutions of the suspect")
        .contains("rounding to integers explains every difference");
    assertThat(outcome.psi().percent()).isEqualTo(100);
    assertThat(Files.mismatch(quantised, back)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"pretrainedResnet, pretrainedResnet_quant, 7, 224", "vww_96, vww_96_int8, 27, 1496"})
  void int8TfliteIsMatchedWithTheFloatKerasModel(
      String keras, String tflite, int folded, int neurons) throws IOException {
    Path reference = SharedModels.path("models/mlperf-tiny/" + keras + ".h5");
    Path suspect = SharedModels.path("models/mlperf-tiny/" + tflite + ".tflite");
    Path shuffled = folder.resolve("shuffled.tflite");
    Path truth = folder.resolve("truth.json");
    Path back = folder.resolve("back.tflite");
    LocalPair.shuffleAlong(reference, suspect, shuffled, 3, truth);
    assertThat(Files.mismatch(suspect, shuffled)).isNotNegative();
    PairOutcome outcome =
        LocalPair.resync(reference, shuffled, back, truth, StructureChoice.AUTOMATIC);
    String reason = outcome.judgement().reason();
    assertThat(outcome.verdict()).as(reason).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.neurons()).isEqualTo(neurons);
    assertThat(reason)
        .contains("stored in int8, a scale per channel")
        .contains("batch normalisation is folded into " + folded + " convolutions of the suspect");
    long unsure = outcome.match().count(MatchState.AMBIGUOUS);
    if (unsure == 0) {
      assertThat(outcome.psi().percent()).isEqualTo(100);
      assertThat(Files.mismatch(suspect, back)).isEqualTo(-1);
      assertThat(reason).contains("rounding to integers explains every difference");
    } else {
      // Dead channels of vww_96: whatever order they are put in, none is said to be certain.
      long wrong = outcome.psi().groups().stream().mapToLong(g -> g.units() - g.right()).sum();
      assertThat(wrong).isLessThanOrEqualTo(unsure);
    }
  }

  @Test
  void foldingAloneIsToldFromTampering() throws IOException {
    Path simplified = SharedModels.path(RFB_ONNX + "_simplified.onnx");
    PairOutcome outcome = LocalPair.resync(SharedModels.path(RFB), simplified, null);
    assertThat(outcome.judgement().reason()).contains("folding explains every difference");
    Path perturbed = folder.resolve("perturbed.onnx");
    Perturb.run(
        new Permute.Request(
            simplified.toString(),
            perturbed.toString(),
            3,
            null,
            StructureChoice.AUTOMATIC,
            Map.of()),
        Perturb.Settings.noise(0.01, false));
    PairOutcome noised = LocalPair.resync(SharedModels.path(RFB), perturbed, null);
    assertThat(noised.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(noised.judgement().reason()).doesNotContain("explains every difference");
  }

  @Test
  void aReferenceInAFormatWithoutStructureBorrowsTheSuspects() throws IOException {
    PairOutcome outcome =
        LocalPair.resync(
            SharedModels.path(RFB_ONNX + "_simplified.onnx"), SharedModels.path(RFB), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason()).contains("folded into 35 convolutions of the ref");
    assertThat(outcome.neurons()).isEqualTo(1716);
  }

  @Test
  void anotherTrainingRunIsUnrelatedAcrossFormats() throws IOException {
    PairOutcome outcome =
        LocalPair.resync(
            SharedModels.path("models/face-rfb/epochs/rfb-epoch-400.pth"),
            SharedModels.path(RFB_ONNX + "_simplified.onnx"),
            null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.UNRELATED);
  }

  @Test
  void otherNetworksStayIncomparableAndSayWhatDiffers() throws IOException {
    PairOutcome outcome =
        LocalPair.resync(
            SharedModels.path(SILERO), SharedModels.path(RFB_ONNX + "_simplified.onnx"), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCOMPARABLE);
    assertThat(outcome.judgement().reason())
        .contains("8 weights of the reference answer to none")
        .contains("tensor 'stft_conv.weight' is missing from the suspect");
  }
}
