package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decoys beside a network, conventions, conversions, and claims beside weights: all are told. */
class SeveralNetworksTest {
  @TempDir private Path folder;
  private Path plain;
  private String config;

  @BeforeEach
  void unpack() throws IOException {
    plain = DemoLlama.unpack(folder.resolve("plain"));
    config = Files.readString(plain.resolve("config.json"));
  }

  /** A network of the same shapes that has nothing of the plain one. */
  private Map<TensorInfo, float[]> decoy(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(plain);
    numbers.forEach(
        (tensor, values) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] =
                (float)
                    (tensor.shape().rank() == 1
                        ? 1 + random.nextDouble()
                        : 0.1 * random.nextGaussian());
          }
        });
    return numbers;
  }

  private Map<TensorInfo, float[]> stolen() throws IOException {
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(plain, shuffled, 5, null);
    return DemoLlama.numbers(shuffled);
  }

  private static void add(
      String prefix, Map<TensorInfo, float[]> network, Map<TensorInfo, byte[]> file) {
    network.forEach(
        (tensor, values) ->
            file.put(
                DemoLlama.info(prefix + tensor.name(), DType.F32, tensor.shape().toArray()),
                DemoLlama.encoded(DType.F32, values)));
  }

  @ParameterizedTest
  @CsvSource({"'',ema.,swa.", "student.,other.,teacher.", "'',first.,backup."})
  void aStolenNetworkIsFoundBesideDecoys(String one, String other, String third)
      throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    add(one, decoy(1), file);
    add(other, decoy(2), file);
    add(third, stolen(), file);
    Path suspect = DemoLlama.write(folder.resolve("suspect"), config, "", file);
    PairOutcome outcome = LocalPair.resync(plain, suspect, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .startsWith("all 47 tensors are the same bytes once ")
        .contains("'" + third.replace(".", "") + "'");
  }

  /** Neither is a copy of anything, whether its structure is known or not. */
  @ParameterizedTest
  @CsvSource({"'', NaN", "nobody., NaN", "nobody., 0"})
  void aNetworkWithoutNumbersIsNoRelative(String prefix, float number) throws IOException {
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(plain);
    Map<TensorInfo, byte[]> reference = new LinkedHashMap<>();
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    Map<TensorInfo, float[]> kept = new LinkedHashMap<>();
    numbers.forEach((tensor, values) -> kept.put(renamed(prefix, tensor), values));
    add("", kept, reference);
    kept.values().forEach(values -> Arrays.fill(values, number));
    add("", kept, file);
    PairOutcome outcome =
        LocalPair.resync(
            DemoLlama.write(folder.resolve("reference"), "{}", "", reference),
            DemoLlama.write(folder.resolve("suspect"), "{}", "", file),
            null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.UNDECIDED);
    assertThat(outcome.judgement().reason()).contains("holds no numbers other than zero and NaN");
  }

  private static TensorInfo renamed(String prefix, TensorInfo tensor) {
    String hash = Integer.toHexString(tensor.name().hashCode());
    String name = prefix.isEmpty() ? tensor.name() : prefix + hash;
    return DemoLlama.info(name, DType.F32, tensor.shape().toArray());
  }

  @Test
  void twoFilesWithoutTensorsAreNotTheSameNetwork() throws IOException {
    Path nothing = DemoLlama.write(folder.resolve("nothing"), config, "", Map.of());
    PairOutcome outcome = LocalPair.resync(nothing, nothing, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.UNDECIDED);
    assertThat(outcome.judgement().reason()).contains("nothing to compare");
  }

  @Test
  void severalDecoysAreNotAccused() throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    add("a.", decoy(1), file);
    add("b.", decoy(2), file);
    Path suspect = DemoLlama.write(folder.resolve("suspect"), config, "", file);
    assertThat(LocalPair.resync(plain, suspect, null).verdict()).isEqualTo(Verdict.UNRELATED);
  }

  private Path onePlus(String name, String metadata) throws IOException {
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(plain);
    numbers.forEach(
        (tensor, values) -> {
          for (int i = 0; tensor.shape().rank() == 1 && i < values.length; i++) {
            values[i] += 1;
          }
        });
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    add("", numbers, file);
    return DemoLlama.write(folder.resolve(name), config, metadata, file);
  }

  @Test
  void normsAsOnePlusWAreNamedAndNoChangeBetweenPrograms() throws IOException {
    PairOutcome outcome =
        LocalPair.resync(plain, onePlus("mlx", "\"__metadata__\":{\"format\":\"mlx\"},"), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.IDENTICAL);
    assertThat(outcome.judgement().reason())
        .contains("11 normalisation weights")
        .contains("1 + w where the reference has w: a convention, which changes nothing");
    assertThat(outcome.findings()).hasSize(11).allMatch(f -> f.kind() == FindingKind.CONVENTION);
  }

  @Test
  void normsAsOnePlusWChangeTheFunctionInOneFormat() throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    add("", DemoLlama.numbers(plain), file);
    Path same = DemoLlama.write(folder.resolve("same"), config, "", file);
    PairOutcome outcome = LocalPair.resync(same, onePlus("plus", ""), null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .contains("1 + w where the reference has w: in one format that changes the function");
  }

  @Test
  void whatIsClaimedBesideTheWeightsIsTold() throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    add("", DemoLlama.numbers(plain), file);
    String lies =
        config
            .replaceFirst("\"num_attention_heads\": *8", "\"num_attention_heads\": 4")
            .replaceFirst("\"(torch_)?dtype\": *\"float32\"", "\"torch_dtype\": \"float16\"");
    Path suspect = DemoLlama.write(folder.resolve("suspect"), lies, "", file);
    Files.writeString(
        suspect.resolve("README.md"), "---\nbase_model:\n- someone/else-7b\n---\n# Model\n");
    PairOutcome outcome = LocalPair.resync(plain, suspect, null);
    assertThat(outcome.verdict()).isEqualTo(Verdict.IDENTICAL);
    assertThat(outcome.notes())
        .anyMatch(note -> note.contains("num_attention_heads 4; the reference's says 8"))
        .anyMatch(note -> note.contains("config.json says float16"))
        .anyMatch(note -> note.contains("made from 'someone/else-7b', which is a claim"));
  }

  /** Every matrix but the embedding as E4M3 with a scale for each row. */
  private Path packed(String name, Map<TensorInfo, float[]> numbers) throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    numbers.forEach(
        (tensor, values) -> {
          if (tensor.shape().rank() < 2 || tensor.name().contains("embed")) {
            file.put(tensor, DemoLlama.encoded(DType.F32, values));
            return;
          }
          int columns = tensor.shape().intLength(1);
          float[] scales = new float[tensor.shape().intLength(0)];
          for (int i = 0; i < values.length; i++) {
            scales[i / columns] = Math.max(scales[i / columns], Math.abs(values[i]) / 448);
          }
          for (int i = 0; i < values.length; i++) {
            values[i] /= scales[i / columns];
          }
          long[] lengths = tensor.shape().toArray();
          file.put(
              DemoLlama.info(tensor.name(), DType.F8_E4M3, lengths),
              DemoLlama.encoded(DType.F8_E4M3, values));
          file.put(
              DemoLlama.info(tensor.name() + "_scale", DType.F32, lengths[0], 1),
              DemoLlama.encoded(DType.F32, scales));
        });
    return DemoLlama.write(folder.resolve(name), config, "", file);
  }

  @Test
  void anAuditSaysWhetherAConversionIsFaithful() throws IOException {
    PairOutcome faithful =
        LocalPair.resync(plain, packed("packed", DemoLlama.numbers(plain)), null);
    assertThat(faithful.verdict()).isEqualTo(Verdict.DERIVED);
    assertThat(faithful.judgement().reason() + ";").contains("; a faithful conversion;");
    assertThat(faithful.findings()).hasSize(35).allMatch(f -> f.kind() == FindingKind.CONVERTED);
  }

  @Test
  void anAuditFindsAShuffledConversionFaithful() throws IOException {
    PairOutcome faithful = LocalPair.resync(plain, packed("packed", stolen()), null);
    assertThat(faithful.judgement().reason() + ";").contains("; a faithful conversion;");
  }

  @Test
  void anAuditNamesWhatIsNoConversion() throws IOException {
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(plain);
    numbers.forEach(
        (tensor, values) -> {
          if (tensor.name().equals("model.layers.2.mlp.up_proj.weight")) {
            values[64 * 7 + 3] += 0.2f;
          }
        });
    PairOutcome outcome = LocalPair.resync(plain, packed("packed", numbers), null);
    assertThat(outcome.judgement().reason())
        .contains("a faithful conversion but for 1 of 35 tensors")
        .contains("'model.layers.2.mlp.up_proj.weight' from block 7 on");
    assertThat(outcome.findings())
        .filteredOn(f -> f.kind() == FindingKind.BEYOND_CONVERSION)
        .singleElement()
        .satisfies(f -> assertThat(f.tensor()).isEqualTo("model.layers.2.mlp.up_proj.weight"));
  }

  @Test
  void aFineTunedConversionIsMoreThanOne() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(plain);
    numbers.forEach(
        (tensor, values) -> {
          for (int i = 0; tensor.shape().rank() == 2 && i < values.length; i++) {
            values[i] *= (float) (1 + 0.2 * random.nextGaussian());
          }
        });
    PairOutcome outcome = LocalPair.resync(plain, packed("packed", numbers), null);
    assertThat(outcome.judgement().reason())
        .contains("more than a conversion: 35 of 35 converted tensors");
  }
}
