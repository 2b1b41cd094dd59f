package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.align.QuantisedOnnx;
import org.findthelady.cli.Main;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real networks and what converters make of them, in order and shuffled. */
class ConvertedNetworksTest {
  private static final String BIN = "models/llama-stories/stories260K.bin";
  private static final String CIFAR = "models/abcrown/cifar_base_kw.onnx";
  private static final String RFB = "models/face-rfb/onnx/version-RFB-320_simplified.onnx";

  @TempDir private Path folder;

  @Test
  void aQuantisedGgufIsFaithfulAlsoToAShuffledOriginal() throws IOException {
    Path gguf = LlamaGguf.write(SharedModels.path(BIN), true, folder.resolve("llama.gguf"));
    Path original = TestModels.llama(folder);
    Conversion inPlace = verify(original, gguf);
    assertThat(inPlace.fidelity()).as(inPlace.toString()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(inPlace.schemes()).containsKeys("Q8_0", "F32");
    assertThat(inPlace.notCheckedElements()).isZero();

    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(original, shuffled, 3, null);
    Conversion moved = verify(shuffled, gguf);
    assertThat(moved.fidelity()).as(moved.toString()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(moved.notes()).anyMatch(note -> note.contains("another order"));
  }

  @ParameterizedTest
  @CsvSource({
    CIFAR + ", QDQ_PER_CHANNEL",
    CIFAR + ", QDQ_PER_TENSOR",
    CIFAR + ", QLINEAR_CONV",
    CIFAR + ", INTEGER",
    RFB + ", QDQ_PER_CHANNEL",
    RFB + ", QLINEAR_CONV",
  })
  void integersOfOnnxAreFaithful(String model, QuantisedOnnx.Form form) throws IOException {
    Path original = SharedModels.path(model);
    Path quantised = QuantisedOnnx.write(original, form, folder.resolve("quantised.onnx"));
    Conversion found = verify(original, quantised);
    assertThat(found.fidelity()).as(found.toString()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(found.schemes().keySet()).anyMatch(scheme -> scheme.startsWith("I8"));
  }

  /**
   * Folded float models against the plain one, then int8 and TFLite; the originals' own converters.
   */
  @ParameterizedTest
  @CsvSource({
    "face-rfb/version-RFB-320.pth, face-rfb/onnx/version-RFB-320.onnx",
    "face-rfb/version-RFB-320.pth, face-rfb/onnx/version-RFB-320_simplified.onnx",
    "llama-stories/hf, llama-stories/stories260K.bin",
  })
  void foldedAndRenamedNetworksAreFaithful(String original, String converted) {
    Conversion found =
        verify(SharedModels.path("models/" + original), SharedModels.path("models/" + converted));
    assertThat(found.fidelity()).as(found.toString()).isEqualTo(Fidelity.FAITHFUL);
  }

  @Test
  void theCommandEndsWithThreeForAnotherNetworksConversion() throws IOException {
    Path original = TestModels.llama(folder);
    Path gguf = LlamaGguf.write(SharedModels.path(BIN), true, folder.resolve("llama.gguf"));
    assertThat(Main.run("verify-conversion", original.toString(), gguf.toString())).isZero();
    byte[] bytes = Files.readAllBytes(gguf);
    bytes[bytes.length - 3000] ^= 0x40;
    Path changed = Files.write(folder.resolve("changed.gguf"), bytes);
    assertThat(Main.run("verify-conversion", original.toString(), changed.toString(), "--json"))
        .isEqualTo(3);
    assertThat(Main.run("verify-conversion", original.toString(), "nowhere.gguf")).isEqualTo(2);
  }

  /** Without heads the order of attention is found from the weights, and that is said. */
  @Test
  void aGgufWithoutItsHeadCountDoesNotKeepAttentionShuffledInSilence() throws IOException {
    Path gguf = LlamaGguf.write(SharedModels.path(BIN), false, folder.resolve("llama.gguf"));
    byte[] bytes = Files.readAllBytes(gguf);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Path without =
        Files.write(
            folder.resolve("without.gguf"),
            text.replace("attention.head_count", "attention.hood_count")
                .getBytes(StandardCharsets.ISO_8859_1));
    Path shuffled = folder.resolve("shuffled.gguf");
    LocalPair.permute(gguf, shuffled, 3, null);
    PairOutcome outcome = LocalPair.resync(without, shuffled, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason()).contains("groups were found from the pair");
  }

  private static Conversion verify(Path original, Path converted) {
    return VerifyConversion.run(
            original.toString(), converted.toString(), StructureChoice.AUTOMATIC, Map.of())
        .conversion();
  }
}
