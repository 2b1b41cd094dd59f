package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Llama that the program ships, laid out as other programs do, in both directions. */
class ConventionsTest {
  @TempDir private Path folder;
  private Path plain;
  private String config;

  @BeforeEach
  void unpackDemo() throws IOException {
    plain = DemoLlama.unpack(folder.resolve("plain"));
    config = Files.readString(plain.resolve("config.json"));
  }

  /** A way to lay out a network. */
  private enum Way {
    FUSED(FindingKind.FUSED, 25),
    TURNED(FindingKind.TURNED, 35),
    ROTARY(FindingKind.ROTARY_LAYOUT, 10),
    NORMED("weight_g", "weight_v"),
    PARAMETRISED("parametrizations.weight.original0", "parametrizations.weight.original1"),
    G_AND_V("g", "V");

    private final FindingKind kind;
    private final int tensors;
    private final String length;
    private final String direction;

    Way(FindingKind kind, int tensors) {
      this.kind = kind;
      this.tensors = tensors;
      this.length = null;
      this.direction = null;
    }

    /** Weight norm, with the endings of its lengths and directions. */
    Way(String length, String direction) {
      this.kind = FindingKind.FACTORED;
      this.tensors = 35;
      this.length = length;
      this.direction = direction;
    }
  }

  static Stream<Way> ways() {
    return Arrays.stream(Way.values());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anotherLayoutIsAFindingAndNoChange(Way way) throws IOException {
    Path laidOut = laidOut(plain, "laid-out", way);
    for (List<Path> pair : List.of(List.of(plain, laidOut), List.of(laidOut, plain))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict())
          .as(outcome.judgement().reason())
          .isEqualTo(way == Way.ROTARY ? Verdict.PERMUTED : Verdict.IDENTICAL);
      assertThat(told(outcome, way)).hasSize(way.tensors).allMatch(Finding::explains);
      assertThat(outcome.findings()).hasSize(way.tensors);
    }
  }

  /** Each way of naming stands for a layout of its own, so this is what a conversion does. */
  @Test
  void rotaryRowsInTheLayoutOfOtherNamesAreAFindingAndNoChange() throws IOException {
    Path meta = SharedModels.path("models/llama-stories/stories260K.bin");
    Path theirs = SharedModels.path("models/llama-stories/hf");
    for (List<Path> pair : List.of(List.of(theirs, meta), List.of(meta, theirs))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
      assertThat(outcome.judgement().reason()).contains("a convention, which changes nothing");
      assertThat(told(outcome, Way.ROTARY)).hasSize(10).allMatch(Finding::explains);
    }
  }

  /** A reader turns the pairs that its names stand for, which are then other ones. */
  @Test
  void rotaryRowsThatLieOtherwiseUnderTheSameNamesAreNoConversion() throws IOException {
    Path laidOut = laidOut(plain, "laid-out", Way.ROTARY);
    assertThat(LocalPair.resync(plain, laidOut, null).judgement().reason())
        .contains("under the same names, where that changes the function");
    Conversion conversion = verify(plain, laidOut);
    assertThat(conversion.fidelity()).isEqualTo(Fidelity.NOT_FAITHFUL);
    assertThat(conversion.tensors())
        .filteredOn(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
        .hasSize(10)
        .allMatch(tensor -> tensor.converted().matches(".*[qk]_proj.weight"));
  }

  /** A converter to llama.cpp's names that left the rows as they were makes another function. */
  @Test
  void rotaryRowsThatDoNotLieAsTheirNamesSayAreNoConversion() throws IOException {
    Path pairs = SharedModels.path("models/llama-stories/stories260K.bin");
    Path gguf = LlamaGguf.write(pairs, true, folder.resolve("pairs.gguf"));
    assertThat(verify(plain, gguf).fidelity()).isEqualTo(Fidelity.FAITHFUL);
    Conversion forgotten = verify(laidOut(plain, "laid-out", Way.ROTARY), gguf);
    assertThat(forgotten.tensors())
        .filteredOn(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
        .hasSize(10)
        .allMatch(tensor -> tensor.converted().matches(".*attn_[qk].weight"));
    assertThat(forgotten.fidelity()).isEqualTo(Fidelity.NOT_FAITHFUL);
    assertThat(forgotten.notes()).anyMatch(note -> note.contains("that their names stand for"));
  }

  private static Conversion verify(Path original, Path converted) {
    return VerifyConversion.run(
            original.toString(), converted.toString(), StructureChoice.AUTOMATIC, Map.of())
        .conversion();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aShuffledCopyInAnotherLayoutIsPermutedAndTheLayoutAFinding(Way way) throws IOException {
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(plain, shuffled, 5, null);
    Path laidOut = laidOut(shuffled, "laid-out", way);
    for (List<Path> pair : List.of(List.of(plain, laidOut), List.of(laidOut, plain))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
      assertThat(told(outcome, way)).hasSize(way.tensors).allMatch(Finding::explains);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Way.class, names = "NORMED|PARAMETRISED|G_AND_V", mode = Mode.MATCH_ANY)
  void weightNormMovesWithItsLengths(Way way) throws IOException {
    Path factored = laidOut(plain, "factored", way);
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(factored, shuffled, 5, null);
    Path back = folder.resolve("back");
    assertThat(LocalPair.resync(plain, shuffled, back).verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(
            Files.mismatch(
                back.resolve("model.safetensors"), factored.resolve("model.safetensors")))
        .isEqualTo(-1);
    assertThat(
            VerifyConversion.run(
                    plain.toString(), factored.toString(), StructureChoice.AUTOMATIC, Map.of())
                .conversion()
                .fidelity())
        .isEqualTo(Fidelity.FAITHFUL);
  }

  @Test
  void aChangedLengthIsAChange() throws IOException {
    Path factored = laidOut(plain, "factored", Way.NORMED);
    Path file = factored.resolve("model.safetensors");
    TensorInfo length =
        Checkpoints.open(new HadoopStore(), factored.toString())
            .stored()
            .byName()
            .get("model.layers.2.mlp.up_proj.weight_g");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = (int) length.offset() + 4 * Float.BYTES;
    numbers.putFloat(at, 1.001f * numbers.getFloat(at));
    Files.write(file, bytes);
    PairOutcome outcome = LocalPair.resync(plain, factored, null);
    assertThat(outcome.verdict()).isIn(Verdict.DERIVED, Verdict.RESCALED);
    assertThat(outcome.findings())
        .filteredOn(finding -> finding.kind() != FindingKind.FACTORED)
        .isNotEmpty()
        .allMatch(finding -> finding.tensor().equals("model.layers.2.mlp.up_proj.weight"));
  }

  /** Lengths of half types are exact; the plain weight is their product, rounded. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void weightNormMayKeepItsLengthsInHalfTypes(DType type) throws IOException {
    Map<TensorInfo, byte[]> factored = new LinkedHashMap<>();
    Map<TensorInfo, byte[]> products = new LinkedHashMap<>();
    DemoLlama.numbers(plain)
        .forEach(
            (tensor, values) -> {
              if (!tensor.name().contains("proj")) {
                factored.put(tensor, DemoLlama.encoded(DType.F32, values));
                products.put(tensor, DemoLlama.encoded(DType.F32, values));
                return;
              }
              int columns = tensor.shape().intLength(1);
              Map<TensorInfo, byte[]> parts = new LinkedHashMap<>();
              factor(tensor.name(), Way.NORMED, columns, values, parts);
              parts.forEach(
                  (part, bytes) -> {
                    boolean lengths = part.name().endsWith("_g");
                    DType stored = lengths ? type : DType.F32;
                    float[] numbers = decoded(bytes);
                    factored.put(
                        DemoLlama.info(part.name(), stored, part.shape().toArray()),
                        DemoLlama.encoded(stored, numbers));
                    if (lengths) {
                      products.put(
                          tensor, DemoLlama.encoded(DType.F32, product(values, type, numbers)));
                    }
                  });
            });
    Path whole = DemoLlama.write(folder.resolve("whole"), config, "", products);
    Path suspect = DemoLlama.write(folder.resolve("suspect"), config, "", factored);
    PairOutcome outcome = LocalPair.resync(whole, suspect, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
    assertThat(told(outcome, Way.NORMED)).hasSize(35).allMatch(Finding::explains);
  }

  private static float[] decoded(byte[] bytes) {
    float[] numbers = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    return numbers;
  }

  /** Rows of a weight, each brought to the length that a type keeps of its own. */
  private static float[] product(float[] values, DType type, float... lengths) {
    float[] kept = lengths.clone();
    Floats.roundInPlace(type, kept, kept.length);
    int columns = values.length / lengths.length;
    float[] product = new float[values.length];
    for (int row = 0; row < lengths.length; row++) {
      double squares = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        squares += 9.0 * values[i] * values[i];
      }
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        product[i] = (float) (3.0 * values[i] * kept[row] / Math.sqrt(squares));
      }
    }
    return product;
  }

  /** Integers stand for no lengths without a scale, which nothing says. */
  @Test
  void weightNormWithIntegersForLengthsIsNamedAndNotMultiplied() throws IOException {
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    Path model = laidOut(plain, "factored", Way.NORMED);
    Checkpoint factored = Checkpoints.open(new HadoopStore(), model.toString()).stored();
    byte[] bytes = Files.readAllBytes(model.resolve("model.safetensors"));
    for (TensorInfo tensor : factored.tensors()) {
      int at = (int) tensor.offset();
      byte[] own = Arrays.copyOfRange(bytes, at, at + (int) tensor.length());
      DType type = tensor.name().endsWith("up_proj.weight_g") ? DType.I32 : tensor.dtype();
      file.put(DemoLlama.info(tensor.name(), type, tensor.shape().toArray()), own);
    }
    Path suspect = DemoLlama.write(folder.resolve("suspect"), config, "", file);
    PairOutcome outcome = LocalPair.resync(plain, suspect, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.judgement().reason())
        .as(outcome.judgement().reason())
        .contains("not compared", "weight norm with lengths I32 [172, 1]", "5 weights");
  }

  /** Mixtral's experts, each in matrices of its own against all of a layer in one tensor. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void packedExpertsAreAFindingAndNoChange(boolean turned) throws IOException {
    Experts experts = new Experts(turned);
    Path split = experts.split(folder.resolve("split"));
    Path packed = experts.packed(folder.resolve("packed"));
    for (List<Path> pair : List.of(List.of(split, packed), List.of(packed, split))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
      assertThat(outcome.findings())
          .as(outcome.findings().toString())
          .filteredOn(finding -> finding.kind() == FindingKind.FUSED)
          .hasSize(experts.matrices())
          .allMatch(Finding::explains);
    }
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(split, shuffled, 5, null);
    PairOutcome outcome = LocalPair.resync(packed, shuffled, null);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.findings())
        .filteredOn(finding -> finding.kind() == FindingKind.FUSED)
        .hasSize(experts.matrices());
  }

  private static List<Finding> told(PairOutcome outcome, Way way) {
    return outcome.findings().stream().filter(finding -> finding.kind() == way.kind).toList();
  }

  private Path laidOut(Path model, String name, Way way) throws IOException {
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(model);
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    Map<String, Map<TensorInfo, float[]>> fused = new LinkedHashMap<>();
    numbers.forEach(
        (tensor, values) -> {
          String known = tensor.name();
          boolean matrix = known.contains("proj");
          if (way == Way.FUSED && matrix && !known.contains("o_proj") && !known.contains("down")) {
            String together = known.contains("mlp") ? "gate_up_proj" : "qkv_proj";
            String whole = known.replaceFirst("(gate|up|q|k|v)_proj", together);
            fused.computeIfAbsent(whole, n -> new LinkedHashMap<>()).put(tensor, values);
          } else if (way == Way.TURNED && matrix) {
            int rows = tensor.shape().intLength(0);
            int columns = tensor.shape().intLength(1);
            float[] turned = new float[values.length];
            for (int i = 0; i < values.length; i++) {
              turned[i % columns * rows + i / columns] = values[i];
            }
            file.put(
                DemoLlama.info(known, DType.F32, columns, rows),
                DemoLlama.encoded(DType.F32, turned));
          } else if (way.length != null && matrix) {
            factor(known, way, tensor.shape().intLength(1), values, file);
          } else {
            boolean rotary = way == Way.ROTARY && known.matches(".*[qk]_proj.*");
            file.put(
                DemoLlama.info(known, DType.F32, tensor.shape().toArray()),
                DemoLlama.encoded(
                    DType.F32, rotary ? interleaved(values, tensor.shape().intLength(1)) : values));
          }
        });
    fused.forEach((whole, parts) -> file.put(info(whole, parts), together(parts)));
    return DemoLlama.write(folder.resolve(name), config, "", file);
  }

  /** Rows of each head of 8 as neighbouring pairs, which lay half a head apart. */
  private static float[] interleaved(float[] values, int columns) {
    float[] moved = new float[values.length];
    for (int row = 0; row < values.length / columns; row++) {
      int source = row / 8 * 8 + row % 8 / 2 + row % 2 * 4;
      System.arraycopy(values, source * columns, moved, row * columns, columns);
    }
    return moved;
  }

  /** A weight as lengths of rows and directions, which are three times as long as rows. */
  private static void factor(
      String name, Way way, int columns, float[] values, Map<TensorInfo, byte[]> to) {
    int rows = values.length / columns;
    float[] lengths = new float[rows];
    float[] directions = new float[values.length];
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        squares += (double) values[i] * values[i];
        directions[i] = 3 * values[i];
      }
      lengths[row] = (float) Math.sqrt(squares);
    }
    String layer = name.substring(0, name.length() - "weight".length());
    to.put(
        DemoLlama.info(layer + way.length, DType.F32, rows, 1),
        DemoLlama.encoded(DType.F32, lengths));
    to.put(
        DemoLlama.info(layer + way.direction, DType.F32, rows, columns),
        DemoLlama.encoded(DType.F32, directions));
  }

  /** Parts below each other: queries, keys, values; gate, up. */
  private static TensorInfo info(String name, Map<TensorInfo, float[]> parts) {
    long rows = parts.keySet().stream().mapToLong(part -> part.shape().length(0)).sum();
    return DemoLlama.info(
        name, DType.F32, rows, parts.keySet().iterator().next().shape().length(1));
  }

  private static byte[] together(Map<TensorInfo, float[]> parts) {
    List<String> order = List.of("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj");
    float[] all = new float[parts.values().stream().mapToInt(values -> values.length).sum()];
    int at = 0;
    for (String part : order) {
      for (Map.Entry<TensorInfo, float[]> entry : parts.entrySet()) {
        if (entry.getKey().name().contains("." + part)) {
          System.arraycopy(entry.getValue(), 0, all, at, entry.getValue().length);
          at += entry.getValue().length;
        }
      }
    }
    return DemoLlama.encoded(DType.F32, all);
  }
}
