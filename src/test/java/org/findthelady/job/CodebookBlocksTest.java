package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Permutation;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks whose codes stand for several numbers at once: whole blocks move, values are compared. */
class CodebookBlocksTest {
  private static final int UNITS = 256;
  private static final int INPUTS = 256;
  private static final int OUTPUTS = 8;
  private static final String ARCHITECTURE =
      """
      {
        "name": "mine",
        "about": "One hidden layer.",
        "spaces": {
          "in": {"frozen": "inputs"},
          "out": {"frozen": "outputs"},
          "unit": {"group": "?"}
        },
        "tensors": {"W1": ["unit", "in"], "W2": ["out", "unit"]}
      }
      """;

  /** ggml's types with codebooks, by their numbers in a file. */
  private enum Kind {
    IQ1_S(19),
    IQ1_M(29),
    IQ2_XXS(16),
    IQ2_XS(17),
    IQ2_S(22),
    IQ3_XXS(18),
    IQ3_S(21);

    private final int number;
    private final DType type;

    Kind(int number) {
      this.number = number;
      this.type = DType.valueOf(name());
    }
  }

  @TempDir private Path folder;
  private StructureChoice structure;

  @BeforeEach
  void writeArchitecture() throws IOException {
    Path file = Files.writeString(folder.resolve("mine.json"), ARCHITECTURE);
    structure = new StructureChoice(file.toString(), null);
  }

  /** Random codes; the numbers of a row are of the size of its scale, so that rows can be told. */
  private static byte[] blocks(Kind kind, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int width = kind.type.blockBytes();
    byte[] bytes = new byte[rows * width];
    random.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      if (kind == Kind.IQ1_M) {
        // The scale's four nibbles are the highest ones of the last four halves.
        for (int i = 0; i < 4; i++) {
          int at = row * width + width - 8 + 2 * i;
          int nibble = i == 3 ? 2 : i == 2 ? 8 + row % 4 : random.nextInt(16);
          buffer.putShort(at, (short) ((buffer.getShort(at) & 0x0fff) | nibble << 12));
        }
      } else {
        buffer.putShort(row * width, (short) (0x2800 + random.nextInt(0x400)));
      }
    }
    return bytes;
  }

  private static float[] numbers(Kind kind, byte... blocks) {
    float[] numbers = new float[blocks.length / kind.type.blockBytes() * 256];
    Floats.decode(kind.type, ByteBuffer.wrap(blocks), numbers, 0, numbers.length);
    return numbers;
  }

  private static byte[] floats(float... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes.array();
  }

  /** A network whose two matrices are of some types, written as they are. */
  private Path gguf(String name, int first, byte[] w1, int second, byte[] w2) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(w1);
    data.writeBytes(new byte[-w1.length & 31]);
    byte[] file =
        GgufBytes.file(3, 2, 0)
            .tensor("W1", first, 0, INPUTS, UNITS)
            .tensor("W2", second, data.size(), UNITS, OUTPUTS)
            .align(32)
            .bytes(data.toByteArray())
            .bytes(w2)
            .align(32)
            .done();
    return Files.write(folder.resolve(name), file);
  }

  private Permute.Request request(Path in, String out) {
    return new Permute.Request(
        in.toString(), folder.resolve(out).toString(), 5, null, structure, Map.of());
  }

  private Path plainOutputs(Kind kind) throws IOException {
    float[] outputs = numbers(kind, blocks(kind, OUTPUTS, 2));
    return gguf("plain-outputs.gguf", kind.number, blocks(kind, UNITS, 1), 0, floats(outputs));
  }

  private Path allBlocks(Kind kind) throws IOException {
    byte[] outputs = blocks(kind, OUTPUTS, 2);
    return gguf("all.gguf", kind.number, blocks(kind, UNITS, 1), kind.number, outputs);
  }

  @ParameterizedTest
  @EnumSource
  void rowsOfBlocksMoveBitForBitAndComeBack(Kind kind) throws IOException {
    Path file = plainOutputs(kind);
    Permute.Result permuted = Permute.run(request(file, "shuffled.gguf"));
    assertThat(permuted.moved()).isGreaterThan(UNITS / 2);
    Path shuffled = folder.resolve("shuffled.gguf");
    Path back = folder.resolve("back.gguf");
    PairOutcome outcome = LocalPair.resync(file, shuffled, back, null, structure);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(Files.mismatch(file, back)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  void aMoveThatWouldSplitBlocksIsRefusedByNameAndNothingIsWritten(Kind kind) throws IOException {
    Path file = allBlocks(kind);
    assertThatThrownBy(() -> Permute.run(request(file, "shuffled.gguf")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("'W2'", "axis 1", "split blocks of 256 elements of " + kind);
    assertThat(folder.resolve("shuffled.gguf")).doesNotExist();
  }

  /** The suspect's blocks stand for the reference's numbers in another order. */
  @ParameterizedTest
  @EnumSource
  void valuesAreComparedWhereTheOrderCannotBeWritten(Kind kind) throws IOException {
    Path blocks = allBlocks(kind);
    float[] w1 = numbers(kind, blocks(kind, UNITS, 1));
    float[] w2 = numbers(kind, blocks(kind, OUTPUTS, 2));
    Permutation order = Permutation.random(UNITS, new SplittableRandom(3));
    float[] moved1 = new float[w1.length];
    float[] moved2 = new float[w2.length];
    for (int unit = 0; unit < UNITS; unit++) {
      int source = order.source(unit);
      System.arraycopy(w1, source * INPUTS, moved1, unit * INPUTS, INPUTS);
      for (int output = 0; output < OUTPUTS; output++) {
        moved2[output * UNITS + unit] = w2[output * UNITS + source];
      }
    }
    Path plain = gguf("plain.gguf", 0, floats(moved1), 0, floats(moved2));
    Path back = folder.resolve("back.gguf");
    PairOutcome outcome = LocalPair.resync(plain, blocks, back, null, structure);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason())
        .as(outcome.judgement().reason())
        .contains("the same values", "split blocks of 256 elements of " + kind);
    assertThat(back).doesNotExist();
    Conversion conversion =
        VerifyConversion.run(plain.toString(), blocks.toString(), structure, Map.of()).conversion();
    assertThat(conversion.fidelity()).isEqualTo(Fidelity.NOT_ALL_CHECKED);
    assertThat(conversion.notCheckedElements()).isEqualTo(w1.length + w2.length);
  }

  @ParameterizedTest
  @EnumSource
  void aChangedBlockIsAChangeOfItsTensor(Kind kind) throws IOException {
    Path file = plainOutputs(kind);
    byte[] changed = blocks(kind, UNITS, 1);
    byte[] other = blocks(kind, UNITS, 9);
    int width = kind.type.blockBytes();
    System.arraycopy(other, 7 * width, changed, 7 * width, width);
    float[] outputs = numbers(kind, blocks(kind, OUTPUTS, 2));
    Path suspect = gguf("changed.gguf", kind.number, changed, 0, floats(outputs));
    PairOutcome outcome = LocalPair.resync(file, suspect, null, null, structure);
    assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.DERIVED);
    assertThat(outcome.findings())
        .isNotEmpty()
        .allMatch(f -> f.tensor().equals("W1") && f.kind() != FindingKind.CONVERTED);
  }

  /** Noise cannot be stored in such blocks; to leave them out unsaid would be no attack. */
  @ParameterizedTest
  @EnumSource
  void noiseIsRefusedForBlocksThatCannotHoldIt(Kind kind) throws IOException {
    Path file = plainOutputs(kind);
    assertThatThrownBy(
            () -> Perturb.run(request(file, "noised.gguf"), Perturb.Settings.noise(0.1, false)))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll("'W1'", kind.name());
    assertThat(folder.resolve("noised.gguf")).doesNotExist();
  }
}
