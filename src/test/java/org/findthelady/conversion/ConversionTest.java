package org.findthelady.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.job.VerifyConversion;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversions of one small checkpoint, as they were made and with one thing changed. */
class ConversionTest {
  private static final String ANOTHER_SCALE =
      "%d blocks are zeros: another scale there changes no value and may go unseen";

  private static final List<String> ROUNDED =
      List.of(
          "BF16.safetensors",
          "F16.safetensors",
          "Q4_0.gguf",
          "Q4_1.gguf",
          "Q5_0.gguf",
          "Q5_1.gguf",
          "Q8_0.gguf",
          "TQ1_0.gguf",
          "TQ2_0.gguf",
          "fp8-rows.safetensors",
          "fp8-tensor.safetensors",
          "mxfp4.safetensors",
          "nvfp4.safetensors",
          "nf4.safetensors",
          "rounded-int4.safetensors",
          "ggml-Q4_0.gguf",
          "ggml-Q4_1.gguf",
          "ggml-Q5_0.gguf",
          "ggml-Q5_1.gguf",
          "ggml-Q8_0.gguf",
          "ggml-Q2_K.gguf",
          "ggml-Q3_K.gguf",
          "ggml-Q4_K.gguf",
          "ggml-Q5_K.gguf",
          "ggml-Q6_K.gguf",
          "ggml-IQ4_NL.gguf",
          "ggml-IQ4_XS.gguf",
          "ggml-TQ1_0.gguf",
          "ggml-TQ2_0.gguf",
          "ggml-MXFP4.gguf",
          "ggml-NVFP4.gguf",
          "ggml-Q1_0.gguf",
          "mlx-int2.safetensors",
          "mlx-int3.safetensors",
          "mlx-int4.safetensors",
          "mlx-int6.safetensors",
          "mlx-int8.safetensors",
          "mlx-mxfp4.safetensors",
          "mlx-mxfp8.safetensors",
          "mlx-nvfp4.safetensors",
          "bnb-fp4-nested.safetensors",
          "bnb-fp4.safetensors",
          "bnb-int8.safetensors",
          "bnb-nf4-nested.safetensors",
          "bnb-nf4.safetensors",
          "ct-fp8-block.safetensors",
          "ct-fp8-channel.safetensors",
          "ct-fp8-tensor.safetensors",
          "ct-int4-asym.safetensors",
          "ct-int4-channel.safetensors",
          "ct-int4.safetensors",
          "ct-int8-channel.safetensors",
          "ct-int8-naive.safetensors",
          "ct-int8-packed.safetensors",
          "ct-int8-tensor.safetensors",
          "ct-mxfp4.safetensors",
          "ct-mxfp8.safetensors",
          "ct-nvfp4.safetensors");

  /** One half as BF16. */
  private static final short HALF = 0x3f00;

  @TempDir private Path folder;

  static Stream<String> rounded() {
    return ROUNDED.stream();
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void whatACompilerMadeIsFaithful(String file) throws IOException {
    Conversion found = verify(copy("original.safetensors"), copy(file));
    assertThat(found.tensors()).allMatch(tensor -> tensor.blocks().isEmpty());
    assertThat(found.fidelity()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(found.notCheckedElements()).isZero();
    assertThat(found.tensors()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "autoawq-int4",
        "autoround-awq-int4",
        "autoround-gptq-int4",
        "autoround-gptq-int8"
      })
  void attentionThatACompilerPackedIsFaithful(String name) throws IOException {
    Conversion found = verify(copy("stories.safetensors"), copy(name + ".safetensors"));
    assertThat(found.fidelity()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(found.notCheckedElements()).isZero();
    assertThat(found.notes().stream().anyMatch(note -> note.contains("were rounded to BF16 first")))
        .isEqualTo(name.startsWith("autoround"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"autoround-awq-int4", "autoround-gptq-int4", "autoround-gptq-int8"})
  void oneCodeIsFoundThoughNumbersWereRoundedFirst(String name) throws IOException {
    Path converted = copy(name + ".safetensors");
    long at = offset(converted, "0.self_attn.o_proj.qweight") + 400;
    change(
        converted,
        at,
        bytes -> {
          int low = bytes.get(0) & 15;
          bytes.put(0, (byte) (bytes.get(0) + (low == 15 ? -1 : 1)));
        });
    TensorFidelity tensor = onlyWrong(verify(copy("stories.safetensors"), converted));
    assertThat(tensor.converted()).isEqualTo("0.self_attn.o_proj.weight");
    assertThat(tensor.codes()).isEqualTo(1);
  }

  @Test
  void errorFeedbackIsWithinItsToleranceAndSaysSo() throws IOException {
    Conversion found = verify(copy("original.safetensors"), copy("gptq.safetensors"));
    assertThat(found.fidelity()).isEqualTo(Fidelity.WITHIN_TOLERANCE);
    assertThat(found.notes())
        .anyMatch(
            note ->
                note.contains("fed errors back") && note.contains("single scale, may go unseen"));
    assertThat(found.unseenSteps().get("GPTQ int4")).isGreaterThanOrEqualTo(4);
    assertThat(found.unseenSteps().get("F32")).isEqualTo(0.5);
  }

  /** Each of the tensors has a few changed codes, as if an importance matrix had been used. */
  @Test
  void codesThatWereChangedInAllTensorsAreNoSearchWhereScalesKeepTheirRule() throws IOException {
    Path converted = copy("Q4_0.gguf");
    for (String tensor : List.of("a.weight", "b.weight", "c.weight")) {
      for (int block = 1; block <= 3; block++) {
        change(
            converted,
            offset(converted, tensor) + 18L * block + 2,
            bytes -> bytes.put(0, (byte) (bytes.get(0) + ((bytes.get(0) & 15) > 7 ? -1 : 1))));
      }
    }
    Conversion found = verify(copy("original.safetensors"), converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.NOT_FAITHFUL);
    assertThat(found.wrong()).isEqualTo(3);
    assertThat(found.codes()).isEqualTo(9);
  }

  /** A number that F16 would move halfway between two of BF16 is given the farther one. */
  @Test
  void aCodeThatRoundingToAnotherTypeWouldExcuseIsFound() throws IOException {
    Path original = copy("original.safetensors");
    Path converted = copy("BF16.safetensors");
    float[] numbers = values(original).get("b.weight");
    for (int i = 0; i < numbers.length; i++) {
      if (Math.abs(numbers[i]) < 1e-3) { // F16 has few digits for these.
        numbers[i] = 0.5f;
        change(original, offset(original, "b.weight") + 4L * i, bytes -> bytes.putFloat(0, 0.5f));
        change(converted, offset(converted, "b.weight") + 2L * i, bytes -> bytes.putShort(0, HALF));
      }
    }
    float[] half = numbers.clone();
    Floats.roundInPlace(DType.F16, half, half.length);
    int at = 0;
    while ((Float.floatToRawIntBits(half[at]) & 0xffff) != 0x8000 || half[at] == numbers[at]) {
      at++;
    }
    int lower = Float.floatToRawIntBits(half[at]) >>> 16;
    short farther = (short) (Math.abs(numbers[at]) > Math.abs(half[at]) ? lower : lower + 1);
    int number = 2 * at;
    change(converted, offset(converted, "b.weight"), bytes -> bytes.putShort(number, farther));
    TensorFidelity tensor = onlyWrong(verify(original, converted));
    assertThat(tensor.converted()).isEqualTo("b.weight");
    assertThat(tensor.codes()).isEqualTo(1);
    assertThat(tensor.blocks().get(0).element()).isEqualTo(at);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gptq-fed-int4-order", "gptq-fed-int8"})
  void errorsThatWereFedBackAreWithinTolerance(String name) throws IOException {
    Conversion found = verify(copy("stories.safetensors"), copy(name + ".safetensors"));
    assertThat(found.tensors()).allMatch(tensor -> tensor.blocks().isEmpty());
    assertThat(found.fidelity()).isEqualTo(Fidelity.WITHIN_TOLERANCE);
    assertThat(found.notes()).anyMatch(note -> note.contains("steps from their numbers"));
  }

  /** Of inputs 0 to 7 of output 20 the first code is set to the other end. */
  @ParameterizedTest
  @CsvSource({"gptq-fed-int4-order, 4", "gptq-fed-int8, 8"})
  void aCodeFarFromItsNumberIsFoundBesideErrorFeedback(String name, int bits) throws IOException {
    Path converted = copy(name + ".safetensors");
    int most = (1 << bits) - 1;
    change(
        converted,
        offset(converted, "0.self_attn.q_proj.qweight") + 4 * 20,
        bytes -> {
          int word = bytes.getInt(0);
          int other = 2 * (word & most) > most ? 0 : most;
          bytes.putInt(0, (word & ~most) | other);
        });
    TensorFidelity tensor = onlyWrong(verify(copy("stories.safetensors"), converted));
    assertThat(tensor.converted()).isEqualTo("0.self_attn.q_proj.weight");
    assertThat(tensor.codes()).isEqualTo(1);
    assertThat(tensor.blocks().get(0).element()).isEqualTo(20 * 64);
  }

  @ParameterizedTest
  @CsvSource({"gptq-fed-int4-order, 1.6", "gptq-fed-int8, 1.1"})
  void aScaleThatFitsNotItsCodesIsFoundBesideErrorFeedback(String name, float factor)
      throws IOException {
    Path converted = copy(name + ".safetensors");
    change(
        converted,
        offset(converted, "0.self_attn.o_proj.scales") + 2 * 9,
        bytes -> {
          float[] scale = new float[1];
          Floats.decode(DType.F16, bytes.duplicate(), scale, 0, 1);
          scale[0] *= factor;
          Floats.encode(DType.F16, scale, 0, 1, bytes);
        });
    TensorFidelity tensor = onlyWrong(verify(copy("stories.safetensors"), converted));
    assertThat(tensor.converted()).isEqualTo("0.self_attn.o_proj.weight");
    assertThat(tensor.blocks()).isNotEmpty();
    assertThat(tensor.blocks()).allMatch(block -> block.block() == 2 * 9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gptq-fed-int4-order", "gptq-fed-int8"})
  void swappedRowsAndOtherWeightsAreFoundBesideErrorFeedback(String name) throws IOException {
    Path swapped = copy("stories.safetensors");
    long first = offset(swapped, "1.self_attn.v_proj.weight");
    int row = 4 * 64;
    change(
        swapped,
        first + 5L * row,
        bytes -> {
          byte[] two = new byte[2 * row];
          bytes.get(0, two);
          bytes.put(0, two, row, row);
          bytes.put(row, two, 0, row);
        });
    TensorFidelity tensor = onlyWrong(verify(swapped, copy(name + ".safetensors")));
    assertThat(tensor.converted()).isEqualTo("1.self_attn.v_proj.weight");
    assertThat(tensor.blocks()).isNotEmpty();
    assertThat(tensor.blocks()).allMatch(b -> b.element() / 64 == 5 || b.element() / 64 == 6);
    change(
        swapped,
        first,
        bytes -> {
          SplittableRandom random = new SplittableRandom(5);
          for (int i = 0; i < 32 * 64; i++) {
            bytes.putFloat(4 * i, (float) (0.1 * random.nextGaussian()));
          }
        });
    tensor = onlyWrong(verify(swapped, folder.resolve(name + ".safetensors")));
    assertThat(tensor.converted()).isEqualTo("1.self_attn.v_proj.weight");
  }

  private List<String> wrong(Path converted) throws IOException {
    Conversion found = verify(copy("scaled-original.safetensors"), converted);
    Files.delete(folder.resolve("scaled-original.safetensors"));
    return found.tensors().stream()
        .filter(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
        .map(tensor -> tensor.converted().replace(".weight", ""))
        .toList();
  }

  @Test
  void inputsThatWereScaledAndScaledBackAreWithinTolerance() throws IOException {
    Conversion found =
        verify(copy("scaled-original.safetensors"), copy("scaled-awq-int4.safetensors"));
    assertThat(found.fidelity()).isEqualTo(Fidelity.WITHIN_TOLERANCE);
    assertThat(found.tensors()).allMatch(tensor -> tensor.blocks().isEmpty());
    assertThat(found.notes()).anyMatch(note -> note.contains("inputs were scaled"));
  }

  @Test
  void oneCodeOfAMatrixWithScaledInputsIsFound() throws IOException {
    Path converted = copy("scaled-awq-int4.safetensors");
    change(
        converted,
        offset(converted, "gate.qweight") + 400,
        bytes -> {
          int low = bytes.get(0) & 15;
          bytes.put(0, (byte) (bytes.get(0) + (low == 15 ? -1 : 1)));
        });
    assertThat(wrong(converted)).containsExactly("gate");
  }

  /** Rows of "up" and columns of "down" make up for each other. */
  @ParameterizedTest
  @CsvSource({"up, 0", "up, 1", "down, 0", "down, 1"})
  void onlyTheChangedOneOfTwoMatricesIsNamed(String changed, int how) throws IOException {
    Path original = copy("scaled-original.safetensors");
    int width = changed.equals("up") ? 64 : 96;
    SplittableRandom random = new SplittableRandom(5);
    change(
        original,
        offset(original, changed + ".weight"),
        bytes -> {
          byte[] two = new byte[2 * 4 * width];
          bytes.get(0, two);
          bytes.put(0, two, 4 * width, 4 * width).put(4 * width, two, 0, 4 * width);
          for (int i = 0; how == 1 && i < 64 * 96; i++) {
            bytes.putFloat(4 * i, (float) (0.1 * random.nextGaussian()));
          }
        });
    TensorFidelity tensor = onlyWrong(verify(original, copy("scaled-awq-int4.safetensors")));
    assertThat(tensor.converted()).isEqualTo(changed + ".weight");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down"})
  void aScaleBesideFittedFactorsIsFound(String changed) throws IOException {
    Path converted = copy("scaled-awq-int4.safetensors");
    change(
        converted,
        offset(converted, changed + ".scales") + 2 * 9,
        bytes -> {
          float[] scale = new float[1];
          Floats.decode(DType.F16, bytes.duplicate(), scale, 0, 1);
          scale[0] *= 1.3f;
          Floats.encode(DType.F16, scale, 0, 1, bytes);
        });
    assertThat(wrong(converted)).containsExactly(changed);
  }

  /** Factors that nothing makes up for change what is computed. */
  @Test
  void inputsThatAreNotScaledBackAreFound() throws IOException {
    Path converted = copy("scaled-awq-int4.safetensors");
    long norm = offset(converted, "norm.weight");
    float[] numbers = values(copy("scaled-original.safetensors")).get("norm.weight");
    Files.delete(folder.resolve("scaled-original.safetensors"));
    change(converted, norm, bytes -> Floats.encode(DType.F16, numbers, 0, 64, bytes));
    assertThat(wrong(converted)).containsExactlyInAnyOrder("gate", "up", "down");
  }

  @Test
  void oneFactorThatIsNotScaledBackIsFoundInWhatReadsIt() throws IOException {
    Path converted = copy("scaled-awq-int4.safetensors");
    change(
        converted,
        offset(converted, "norm.weight") + 2 * 5,
        bytes -> bytes.putShort(0, (short) (bytes.getShort(0) + 200)));
    assertThat(wrong(converted)).containsExactly("gate", "up");
  }

  /** A place of a code in a file, and where in its tensor the element is. */
  private record Code(String file, String tensor, long at, boolean wholeByte) {}

  static Stream<Code> codes() {
    return Stream.of(
        new Code("Q4_0.gguf", "b.weight", 18 * 5 + 2, false),
        new Code("Q4_1.gguf", "b.weight", 20 * 5 + 4, false),
        new Code("Q5_0.gguf", "b.weight", 22 * 5 + 6, false),
        new Code("Q5_1.gguf", "b.weight", 24 * 5 + 8, false),
        new Code("Q8_0.gguf", "b.weight", 34 * 5 + 2, true),
        new Code("ggml-Q4_K.gguf", "b.weight", 144 * 3 + 16, false),
        new Code("ggml-Q6_K.gguf", "b.weight", 210 * 3, false),
        new Code("ggml-Q5_K.gguf", "b.weight", 176 * 3 + 48, false),
        new Code("ggml-IQ4_NL.gguf", "b.weight", 18 * 5 + 2, false),
        new Code("ggml-IQ4_XS.gguf", "b.weight", 136 * 3 + 8, false),
        new Code("ggml-MXFP4.gguf", "b.weight", 17 * 5 + 1, false),
        new Code("ggml-NVFP4.gguf", "b.weight", 36 * 5 + 4, false),
        new Code("mlx-int4.safetensors", "b.weight", 300, false),
        new Code("mlx-mxfp8.safetensors", "b.weight", 300, true),
        new Code("mlx-nvfp4.safetensors", "b.weight", 300, false),
        new Code("fp8-rows.safetensors", "b.weight", 700, true),
        new Code("fp8-tensor.safetensors", "b.weight", 700, true),
        new Code("mxfp4.safetensors", "b.weight_blocks", 300, false),
        new Code("nvfp4.safetensors", "b.weight", 300, false),
        new Code("nf4.safetensors", "b.weight", 300, false),
        new Code("rounded-int4.safetensors", "b.qweight", 300, false),
        new Code("ct-int4.safetensors", "b.weight_packed", 300, false),
        new Code("ct-int4-asym.safetensors", "b.weight_packed", 300, false),
        new Code("ct-int4-channel.safetensors", "b.weight_packed", 300, false),
        new Code("ct-int8-channel.safetensors", "b.weight", 700, true),
        new Code("ct-int8-tensor.safetensors", "b.weight", 700, true),
        new Code("ct-int8-packed.safetensors", "b.weight_packed", 700, true),
        new Code("ct-int8-naive.safetensors", "b.weight", 700, true),
        new Code("ct-fp8-channel.safetensors", "b.weight", 700, true),
        new Code("ct-fp8-tensor.safetensors", "b.weight", 700, true),
        new Code("ct-fp8-block.safetensors", "b.weight", 700, true),
        new Code("ct-nvfp4.safetensors", "b.weight_packed", 300, false),
        new Code("ct-mxfp4.safetensors", "b.weight_packed", 300, false),
        new Code("ct-mxfp8.safetensors", "b.weight", 700, true),
        new Code("bnb-fp4.safetensors", "b.weight", 300, false),
        new Code("bnb-fp4-nested.safetensors", "b.weight", 300, false),
        new Code("bnb-nf4.safetensors", "b.weight", 300, false),
        new Code("bnb-nf4-nested.safetensors", "b.weight", 300, false),
        new Code("bnb-int8.safetensors", "b.weight", 700, true));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void oneCodeChangedByOneLevelIsFoundAtItsPlace(Code code) throws IOException {
    Path converted = copy(code.file());
    long at = offset(converted, code.tensor()) + code.at();
    // The first code from there on that has levels on both sides.
    change(
        converted,
        at,
        bytes -> {
          for (int i = 0; ; i++) {
            int low = bytes.get(i) & (code.wholeByte() ? 0x7f : 7);
            if (low > 1 && low < (code.wholeByte() ? 0x60 : 6)) {
              bytes.put(i, (byte) (bytes.get(i) + 1));
              return;
            }
          }
        });
    Conversion found = verify(copy("original.safetensors"), converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.NOT_FAITHFUL);
    TensorFidelity tensor = onlyWrong(found);
    assertThat(tensor.converted()).isEqualTo("b.weight");
    assertThat(tensor.codes()).isEqualTo(1);
    assertThat(tensor.blocks()).singleElement().satisfies(b -> assertThat(b.codes()).isOne());
    assertThat(tensor.blocks().get(0).steps()).isGreaterThan(0.5);
  }

  /** A scale in a file, and what is added to the 16 bits there. */
  private record Scale(String file, String tensor, long at, int added) {}

  static Stream<Scale> scales() {
    return Stream.of(
        new Scale("Q4_0.gguf", "c.weight", 18 * 7, 4),
        new Scale("Q4_1.gguf", "c.weight", 20 * 7, 4),
        new Scale("Q5_0.gguf", "c.weight", 22 * 7, 4),
        new Scale("Q5_1.gguf", "c.weight", 24 * 7, 4),
        new Scale("Q8_0.gguf", "c.weight", 34 * 7, 4),
        new Scale("TQ1_0.gguf", "c.weight", 54 * 7 + 52, 4),
        new Scale("TQ2_0.gguf", "c.weight", 66 * 7 + 64, 4),
        new Scale("ggml-Q4_K.gguf", "c.weight", 144 * 7, 40),
        new Scale("ggml-Q6_K.gguf", "c.weight", 210 * 7 + 208, 20),
        new Scale("ggml-Q5_K.gguf", "c.weight", 176 * 7, 40),
        new Scale("ggml-IQ4_NL.gguf", "c.weight", 18 * 7, 150),
        new Scale("ggml-MXFP4.gguf", "c.weight", 17 * 7, 1),
        new Scale("mlx-int4.safetensors", "c.scales", 4 * 21 + 2, 4),
        new Scale("mlx-mxfp4.safetensors", "c.scales", 21, 1),
        new Scale("fp8-rows.safetensors", "c.weight_scale", 4 * 5 + 2, 2),
        new Scale("mxfp4.safetensors", "c.weight_scales", 21, 1),
        new Scale("nvfp4.safetensors", "c.weight_scale", 21, 1),
        new Scale("nf4.safetensors", "c.weight.absmax", 4 * 21 + 2, 1),
        new Scale("rounded-int4.safetensors", "c.scales", 2 * 21, 40),
        new Scale("ct-int4.safetensors", "c.weight_scale", 4 * 21 + 2, 8),
        new Scale("ct-int4-asym.safetensors", "c.weight_scale", 4 * 21 + 2, 8),
        new Scale("ct-int4-channel.safetensors", "c.weight_scale", 4 * 5 + 2, 8),
        new Scale("ct-int8-channel.safetensors", "c.weight_scale", 4 * 5 + 2, 2),
        new Scale("ct-int8-packed.safetensors", "c.weight_scale", 4 * 21 + 2, 2),
        new Scale("ct-fp8-channel.safetensors", "c.weight_scale", 4 * 5 + 2, 2),
        new Scale("ct-fp8-block.safetensors", "c.weight_scale", 4 * 9 + 2, 2),
        new Scale("ct-nvfp4.safetensors", "c.weight_scale", 21, 1),
        new Scale("ct-mxfp4.safetensors", "c.weight_scale", 21, 1),
        new Scale("ct-mxfp8.safetensors", "c.weight_scale", 21, 1),
        new Scale("bnb-fp4.safetensors", "c.weight.absmax", 4 * 21 + 2, 1),
        new Scale("bnb-nf4.safetensors", "c.weight.absmax", 4 * 21 + 2, 1),
        new Scale("bnb-nf4-nested.safetensors", "c.weight.absmax", 21, 30),
        new Scale("bnb-int8.safetensors", "c.SCB", 4 * 5 + 2, 2));
  }

  @ParameterizedTest
  @MethodSource("scales")
  void oneScaleThatIsNudgedIsFoundAtItsPlace(Scale scale) throws IOException {
    Path converted = copy(scale.file());
    change(
        converted,
        offset(converted, scale.tensor()) + scale.at(),
        bytes -> bytes.putShort(0, (short) (bytes.getShort(0) + scale.added())));
    Conversion found = verify(copy("original.safetensors"), converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.NOT_FAITHFUL);
    TensorFidelity tensor = onlyWrong(found);
    assertThat(tensor.converted()).isEqualTo("c.weight");
    // A super-block of 256 has up to 16 parts; every other scale is one block's.
    boolean k = scale.file().contains("_K");
    assertThat(tensor.blocks()).hasSizeBetween(1, k ? 16 : 1);
    int part = scale.file().contains("Q6") ? 16 : 8;
    assertThat(tensor.blocks()).allMatch(b -> !k || b.block() / part == 7);
  }

  /**
   * Blocks of zeros of tensor c.
   *
   * @param size elements of a block
   * @param type of scales
   * @param codes bytes of a block's codes
   * @param code that stands for zero, in each of them
   * @param zero their usual scale
   */
  private record Zeros(
      String file, int size, DType type, int codes, int code, float zero, float nudged) {
    int at(String part, int block) {
      boolean together = file.endsWith("gguf");
      int scale = together ? codes + 2 : type.blockBytes();
      return block * (part.isEmpty() ? together ? scale : codes : scale);
    }

    String scales() {
      return file.startsWith("nf4") ? "c.weight.absmax" : "c.weight_scale";
    }
  }

  static Stream<Zeros> zeros() {
    return Stream.of(
        new Zeros("Q8_0.gguf", 32, DType.F16, 32, 0, 0, 1e-6f),
        new Zeros("nf4.safetensors", 64, DType.F32, 32, 0x77, 0, 1e-9f),
        new Zeros("ct-int8-channel.safetensors", 512, DType.F32, 512, 0, 1.1920929e-7f, 1.25e-7f),
        new Zeros("fp8-rows.safetensors", 512, DType.F32, 512, 0, 1e-12f, 1.05e-12f),
        new Zeros("fp8-rows.safetensors", 512, DType.F32, 512, 0, 1e-12f / 448, 2e-12f / 448));
  }

  @ParameterizedTest
  @MethodSource("zeros")
  void theScaleOfOneBlockOfZerosIsAUsualOne(Zeros zeros) throws IOException {
    Path original = copy("original.safetensors");
    Path converted = copy(zeros.file());
    putZeros(zeros, original, converted, 5, zeros.zero());
    Conversion found = verify(original, converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(found.notes())
        .containsOnlyOnce(
            zeros.zero() == 0
                ? "1 blocks have a scale of zero: another code there changes no value and goes unseen"
                : ANOTHER_SCALE.formatted(1));
    putZeros(zeros, original, converted, 5, zeros.nudged());
    TensorFidelity tensor = onlyWrong(verify(original, converted));
    assertThat(tensor.converted()).isEqualTo("c.weight");
    assertThat(tensor.codes()).isZero();
    assertThat(tensor.blocks()).singleElement().satisfies(b -> assertThat(b.zeros()).isTrue());
    assertThat(tensor.blocks().get(0).element()).isEqualTo(5L * zeros.size());
  }

  @Test
  void blocksOfZerosHaveTheScaleOfMostOfThem() throws IOException {
    Zeros rows = zeros().filter(z -> z.file().startsWith("fp8")).findFirst().orElseThrow();
    Path original = copy("original.safetensors");
    Path converted = copy(rows.file());
    for (int row : new int[] {1, 4, 6}) {
      putZeros(rows, original, converted, row, 0.37f);
    }
    Conversion found = verify(original, converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.FAITHFUL);
    assertThat(found.notes()).doesNotContain(ANOTHER_SCALE.formatted(3));
    putZeros(rows, original, converted, 4, 1);
    TensorFidelity tensor = onlyWrong(verify(original, converted));
    assertThat(tensor.blocks()).hasSize(1);
    assertThat(tensor.blocks().get(0).block()).isEqualTo(4);
  }

  /** Dead units keep numbers that no scale in half precision is small enough for. */
  @ParameterizedTest
  @ValueSource(strings = {"ggml-IQ4_NL.gguf", "ggml-Q3_K.gguf", "ggml-Q4_K.gguf", "ggml-Q6_K.gguf"})
  void numbersBelowTheSmallestScaleMayVanish(String file) throws IOException {
    Path original = copy("original.safetensors");
    Path converted = copy(file);
    DType type = DType.named(file.replaceAll("ggml-|.gguf", "")).orElseThrow();
    byte[] zeros = new byte[256 / type.blockElements() * type.blockBytes()];
    change(converted, offset(converted, "c.weight") + 3L * zeros.length, b -> b.put(zeros));
    putSuperBlock(original, 1e-7f);
    assertThat(verify(original, converted).fidelity()).isEqualTo(Fidelity.FAITHFUL);
    putSuperBlock(original, 1e-3f);
    assertThat(onlyWrong(verify(original, converted)).converted()).isEqualTo("c.weight");
  }

  private static void putSuperBlock(Path original, float size) throws IOException {
    change(
        original,
        offset(original, "c.weight") + 3 * 256 * Float.BYTES,
        bytes -> {
          for (int i = 0; i < 256; i++) {
            bytes.putFloat(size * (i % 7 - 3));
          }
        });
  }

  /** As ggml does it: codes by the exact scale, which is a few of the smallest halves. */
  @Test
  void smallScalesMayBeRoundedByHalfTheSmallestHalf() throws IOException {
    Path original = copy("original.safetensors");
    Path converted = copy("Q4_0.gguf");
    SplittableRandom random = new SplittableRandom(3);
    for (int block = 0; block < 64; block++) {
      float[] numbers = new float[32];
      for (int i = 0; i < 32; i++) {
        numbers[i] = (float) (1e-6 * (2 * random.nextDouble() - 1));
      }
      numbers[7] = (float) (-1e-6 * (1 + 2 * random.nextDouble()));
      float scale = numbers[7] / -8;
      byte[] codes = new byte[16];
      for (int i = 0; i < 32; i++) {
        int code = Math.min(15, (int) (numbers[i] / scale + 8.5f));
        codes[i % 16] |= (byte) (i < 16 ? code : code << 4);
      }
      change(
          original,
          offset(original, "c.weight") + 32L * Float.BYTES * block,
          b -> b.asFloatBuffer().put(numbers));
      change(
          converted,
          offset(converted, "c.weight") + 18L * block,
          b -> {
            Floats.encode(DType.F16, new float[] {scale}, 0, 1, b);
            b.put(codes);
          });
    }
    assertThat(verify(original, converted).fidelity()).isEqualTo(Fidelity.FAITHFUL);
  }

  /** A bias may say what the scale of a channel of int8 is, so that no other shows it. */
  @Test
  void scalesThatFollowFromOtherThingsAreOpen() {
    ZeroBlocks zeros = new ZeroBlocks(0);
    for (int block = 0; block < 5; block++) {
      zeros.add(block, 32L * block, 1e-3);
    }
    assertThat(zeros.open(zeros.counts(), null)).isEqualTo(5);
    assertThat(zeros.open(zeros.counts(), scale -> true)).isZero();
    assertThat(zeros.withoutScale()).isZero();
  }

  private static void putZeros(Zeros zeros, Path original, Path converted, int block, float scale)
      throws IOException {
    change(
        original,
        offset(original, "c.weight") + 4L * zeros.size() * block,
        bytes -> bytes.put(new byte[4 * zeros.size()]));
    byte[] codes = new byte[zeros.codes()];
    Arrays.fill(codes, (byte) zeros.code());
    boolean together = zeros.file().endsWith("gguf");
    change(
        converted,
        offset(converted, "c.weight") + zeros.at("", block) + (together ? 2 : 0),
        bytes -> bytes.put(codes));
    change(
        converted,
        offset(converted, together ? "c.weight" : zeros.scales()) + zeros.at("scale", block),
        bytes -> Floats.encode(zeros.type(), new float[] {scale}, 0, 1, bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Q4_0.gguf",
        "ggml-Q4_K.gguf",
        "fp8-rows.safetensors",
        "gptq.safetensors",
        "nf4.safetensors",
        "ct-int4.safetensors",
        "ct-int8-channel.safetensors",
        "ct-fp8-block.safetensors",
        "ct-nvfp4.safetensors",
        "ct-mxfp4.safetensors",
        "bnb-fp4.safetensors",
        "bnb-nf4-nested.safetensors",
        "bnb-int8.safetensors",
        "BF16.safetensors"
      })
  void twoRowsThatAreSwappedAreFoundAtTheirPlaces(String file) throws IOException {
    Path original = copy("original.safetensors");
    int row = 4 * 256;
    change(
        original,
        offset(original, "b.weight") + 2L * row,
        bytes -> {
          byte[] two = new byte[2 * row];
          bytes.get(0, two);
          bytes.put(0, two, row, row);
          bytes.put(row, two, 0, row);
        });
    TensorFidelity tensor = onlyWrong(verify(original, copy(file)));
    assertThat(tensor.converted()).isEqualTo("b.weight");
    assertThat(tensor.blocks()).isNotEmpty();
    assertThat(tensor.blocks()).allMatch(b -> (b.element() >= 2 * 256 && b.element() < 4 * 256));
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void aTensorOfAnotherEpochIsFound(String file) throws IOException {
    Path original = copy("original.safetensors");
    SplittableRandom random = new SplittableRandom(5);
    int count = 8 * 512;
    change(
        original,
        offset(original, "c.weight"),
        bytes -> {
          for (int i = 0; i < count; i++) {
            bytes.putFloat(4 * i, bytes.getFloat(4 * i) + (float) (0.02 * random.nextGaussian()));
          }
        });
    Conversion found = verify(original, copy(file));
    assertThat(onlyWrong(found).converted()).isEqualTo("c.weight");
  }

  @Test
  void normsThatAreStoredAsOnePlusWAreFaithfulAndNamed() throws IOException {
    Path original = copy("original.safetensors");
    change(
        original,
        offset(original, "n.weight"),
        bytes -> {
          for (int i = 0; i < 256; i++) {
            bytes.putFloat(4 * i, bytes.getFloat(4 * i) - 1);
          }
        });
    Conversion found = verify(original, copy("F16.safetensors"));
    // Half-precision numbers hide the last bits that 1 + (w - 1) loses.
    assertThat(found.notes()).anyMatch(note -> note.contains("stored as 1 + w"));
  }

  @Test
  void aCastThatRoundsTowardsZeroIsNamed() throws IOException {
    Path converted = copy("BF16.safetensors");
    Path file = copy("original.safetensors");
    Map<String, float[]> original = values(file);
    for (String tensor : original.keySet()) {
      if (tensor.startsWith("n")) {
        continue;
      }
      float[] values = original.get(tensor);
      change(
          converted,
          offset(converted, tensor),
          bytes -> {
            for (int i = 0; i < values.length; i++) {
              bytes.putShort(2 * i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
            }
          });
    }
    Conversion found = verify(file, converted);
    assertThat(found.fidelity()).isEqualTo(Fidelity.WITHIN_TOLERANCE);
    assertThat(found.notes()).anyMatch(note -> note.contains("towards zero"));
  }

  @Test
  void aGroupThatIsNotThereIsToldWithItsFile() throws IOException {
    Path converted = copy("gptq-fed-int4-order.safetensors");
    change(converted, offset(converted, "0.self_attn.q_proj.g_idx"), bytes -> bytes.putInt(0, 99));
    assertThatThrownBy(() -> verify(copy("stories.safetensors"), converted))
        .hasMessageContaining(
            "gptq-fed-int4-order.safetensors: Tensor '0.self_attn.q_proj.g_idx': group 99 of 2");
  }

  private static Map<String, float[]> values(Path path) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path.toString());
    try (var reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      Map<String, float[]> values = new TreeMap<>();
      for (TensorInfo tensor : checkpoint.tensors()) {
        values.put(tensor.name(), reader.readFloats(tensor));
      }
      return values;
    }
  }

  private static TensorFidelity onlyWrong(Conversion found) {
    List<TensorFidelity> wrong =
        found.tensors().stream().filter(t -> t.fidelity() == Fidelity.NOT_FAITHFUL).toList();
    assertThat(wrong).hasSize(1);
    return wrong.get(0);
  }

  private Conversion verify(Path original, Path converted) {
    return VerifyConversion.run(
            original.toString(), converted.toString(), StructureChoice.AUTOMATIC, Map.of())
        .conversion();
  }

  private static long offset(Path path, String tensor) {
    return Checkpoints.open(new HadoopStore(), path.toString())
        .stored()
        .byName()
        .get(tensor)
        .offset();
  }

  private interface Change {
    void in(ByteBuffer bytes);
  }

  /** Changes bytes of a file from a place on. */
  private static void change(Path path, long at, Change change) throws IOException {
    byte[] all = Files.readAllBytes(path);
    change.in(
        ByteBuffer.wrap(all, (int) at, all.length - (int) at)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN));
    Files.write(path, all);
  }

  private Path copy(String name) throws IOException {
    Path path = folder.resolve(name);
    if (name.startsWith("mlx-int")) {
      String bits = name.replaceAll("\\D", "");
      Files.writeString(
          folder.resolve("config.json"),
          "{\"quantization\": {\"group_size\": 64, \"bits\": %s}}".formatted(bits));
    }
    try (InputStream in =
        ConversionTest.class.getResourceAsStream("/org/findthelady/conversion/" + name)) {
      Files.copy(in, path);
    }
    return path;
  }
}
