package org.findthelady.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFormatTest {
  private final MemoryStore store = new MemoryStore();

  private Checkpoint open(byte... bytes) {
    store.put("/model.gguf", bytes);
    return Checkpoints.open(store, "/model.gguf");
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new SplittableRandom(count).nextBytes(bytes);
    return bytes;
  }

  /** 5 rows of 64 in Q8_0 (340 bytes, padded to 352), then a vector of 5 floats. */
  private static byte[] small() {
    return GgufBytes.file(3, 2, 4)
        .textValue("general.architecture", "llama")
        .u32Value("llama.block_count", 1)
        .text("tokenizer.ggml.tokens")
        .i32(9)
        .i32(8)
        .i64(2)
        .text("a")
        .text("\u00fc")
        .text("tokenizer.ggml.scores")
        .i32(9)
        .i32(6)
        .i64(2)
        .i64(0)
        .tensor("blk.0.ffn_up.weight", 8, 0, 64, 5)
        .tensor("blk.0.bias", 0, 352, 5)
        .align(32)
        .bytes(random(340))
        .align(32)
        .bytes(random(20))
        .done();
  }

  @Test
  void readsNamesTypesShapesAndValues() {
    Checkpoint checkpoint = open(small());
    assertThat(checkpoint.format()).isEqualTo("gguf");
    assertThat(checkpoint.metadata())
        .containsOnly(
            Map.entry("general.architecture", "llama"), Map.entry("llama.block_count", "1"));
    TensorInfo weight = checkpoint.tensor("blk.0.ffn_up.weight").orElseThrow();
    assertThat(weight.dtype()).isEqualTo(DType.Q8_0);
    assertThat(weight.shape()).isEqualTo(Shape.of(5, 64));
    assertThat(weight.length()).isEqualTo(340);
    assertThat(checkpoint.tensor("blk.0.bias").orElseThrow().offset())
        .isEqualTo(weight.offset() + 352);
  }

  @Test
  void movesRowsOfBlocksAndKeepsEveryOtherByte() throws IOException {
    byte[] before = small();
    Checkpoint checkpoint = open(before);
    TensorInfo weight = checkpoint.tensor("blk.0.ffn_up.weight").orElseThrow();
    TensorInfo bias = checkpoint.tensor("blk.0.bias").orElseThrow();
    int[] rows = {3, 0, 4, 2, 1};
    write(
        checkpoint,
        Map.of(
            weight.name(), new Move(weight, new int[][] {rows, null}),
            bias.name(), new Move(bias, new int[][] {rows})));
    byte[] expected = before.clone();
    for (int row = 0; row < 5; row++) {
      int at = (int) weight.offset();
      System.arraycopy(before, at + 68 * rows[row], expected, at + 68 * row, 68);
      at = (int) bias.offset();
      System.arraycopy(before, at + 4 * rows[row], expected, at + 4 * row, 4);
    }
    assertThat(store.bytes("/out.gguf")).isEqualTo(expected).isNotEqualTo(before);
  }

  @Test
  void refusesToMoveColumnsAndWritesNothing() {
    Checkpoint checkpoint = open(small());
    TensorInfo weight = checkpoint.tensor("blk.0.ffn_up.weight").orElseThrow();
    int[] columns = Permutation.random(64, new SplittableRandom(1)).toArray();
    Move move = new Move(weight, new int[][] {null, columns});
    assertThatThrownBy(() -> write(checkpoint, Map.of(weight.name(), move)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("blk.0.ffn_up.weight")
        .hasMessageContaining("blocks of 32 elements of Q8_0");
    assertThat(store.stat("/out.gguf")).isEmpty();
  }

  private void write(Checkpoint checkpoint, Map<String, Move> moves) throws IOException {
    GgufFormat format = new GgufFormat();
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, moves, "/out.gguf");
    }
  }

  @Test
  void refusesEveryPrefix() {
    byte[] whole = small();
    for (int length = 4; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> open(cut))
          .as("cut at %d", length)
          .isInstanceOfSatisfying(
              CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED));
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("version 1", Reason.UNSUPPORTED, GgufBytes.file(1, 0, 0), "version 1"),
        Arguments.of(
            "big-endian version 4", Reason.UNSUPPORTED, GgufBytes.bigEndian(4, 0, 0), "version"),
        Arguments.of(
            "absurd number of tensors",
            Reason.TRUNCATED,
            GgufBytes.file(3, -1, 0),
            "18446744073709551615 tensors"),
        Arguments.of(
            "absurd number of pairs",
            Reason.TRUNCATED,
            GgufBytes.file(3, 0, 1L << 40),
            "1099511627776 key-value pairs"),
        Arguments.of(
            "key twice",
            Reason.UNSAFE,
            GgufBytes.file(3, 0, 2).u32Value("k", 1).u32Value("k", 2),
            "'k' is there twice"),
        Arguments.of(
            "tensor twice",
            Reason.UNSAFE,
            GgufBytes.file(3, 2, 0).tensor("t", 0, 0, 1).tensor("t", 0, 32, 1).bytes(random(99)),
            "'t' is there twice"),
        Arguments.of(
            "text longer than the file",
            Reason.TRUNCATED,
            GgufBytes.file(3, 0, 1).text("k").i32(8).i64(1L << 60).bytes(random(99)),
            "1152921504606846976 bytes of text"),
        Arguments.of(
            "array longer than the file",
            Reason.TRUNCATED,
            GgufBytes.file(3, 0, 1).text("k").i32(9).i32(12).i64(1L << 60).bytes(random(99)),
            "1152921504606846976 array elements"),
        Arguments.of(
            "array of arrays",
            Reason.UNSUPPORTED,
            GgufBytes.file(3, 0, 1).text("k").i32(9).i32(9).i64(1).bytes(random(99)),
            "unknown type 9"),
        Arguments.of(
            "unknown value type",
            Reason.UNSUPPORTED,
            GgufBytes.file(3, 0, 1).text("k").i32(13).i64(1),
            "unknown type 13"),
        Arguments.of(
            "truth of 2",
            Reason.MALFORMED,
            GgufBytes.file(3, 0, 1).text("k").i32(7).bytes((byte) 2),
            "not a truth"),
        Arguments.of(
            "name that is not UTF-8",
            Reason.MALFORMED,
            GgufBytes.file(3, 1, 0).i64(1).bytes((byte) 0xff).i32(0).i32(0).i64(0).i64(0),
            "not UTF-8"),
        Arguments.of(
            "five axes",
            Reason.MALFORMED,
            GgufBytes.file(3, 1, 0).tensor("t", 0, 0, 1, 1, 1, 1, 1),
            "5 axes"),
        Arguments.of(
            "negative axis",
            Reason.MALFORMED,
            GgufBytes.file(3, 1, 0).tensor("t", 0, 0, -1),
            "18446744073709551615"),
        Arguments.of(
            "overflowing shape",
            Reason.MALFORMED,
            GgufBytes.file(3, 1, 0).tensor("t", 0, 0, 1L << 40, 1L << 40),
            "overflow"),
        Arguments.of(
            "unknown tensor type",
            Reason.UNSUPPORTED,
            GgufBytes.file(3, 1, 0).tensor("t", 4, 0, 32),
            "unknown type 4"),
        Arguments.of(
            "rows that split blocks",
            Reason.MALFORMED,
            GgufBytes.file(3, 1, 0).tensor("t", 8, 0, 16, 2).align(32).bytes(random(34)),
            "rows of 16 elements"),
        Arguments.of(
            "tensors that overlap",
            Reason.UNSAFE,
            GgufBytes.file(3, 2, 0)
                .tensor("a", 0, 0, 16)
                .tensor("b", 0, 32, 16)
                .align(32)
                .bytes(random(128)),
            "they overlap"),
        Arguments.of(
            "a hole",
            Reason.MALFORMED,
            GgufBytes.file(3, 2, 0)
                .tensor("a", 0, 0, 8)
                .tensor("b", 0, 64, 8)
                .align(32)
                .bytes(random(128)),
            "a hole"),
        Arguments.of(
            "not aligned",
            Reason.MALFORMED,
            GgufBytes.file(3, 2, 0)
                .tensor("a", 0, 0, 1)
                .tensor("b", 0, 4, 1)
                .align(32)
                .bytes(random(64)),
            "not aligned"),
        Arguments.of(
            "alignment of 3",
            Reason.MALFORMED,
            GgufBytes.file(3, 0, 1).u32Value("general.alignment", 3),
            "general.alignment is 3"),
        Arguments.of(
            "offset beyond a long",
            Reason.TRUNCATED,
            GgufBytes.file(3, 1, 0).tensor("t", 0, -32, 1).align(32).bytes(random(64)),
            "18446744073709551584"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String what, Reason reason, GgufBytes bytes, String says) {
    assertThatThrownBy(() -> open(bytes.done()))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining("/model.gguf")
        .hasMessageContaining(says);
  }

  @Test
  void honoursAnotherAlignmentAndTrailingPadding() {
    Checkpoint checkpoint =
        open(
            GgufBytes.file(2, 2, 1)
                .u32Value("general.alignment", 64)
                .tensor("b", 30, 64, 3, 2)
                .tensor("a", 0, 0)
                .align(64)
                .bytes(random(4))
                .align(64)
                .bytes(random(12))
                .align(64)
                .done());
    assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("b", "a");
    assertThat(checkpoint.tensor("a").orElseThrow().shape()).isEqualTo(Shape.of());
    assertThat(checkpoint.tensor("b").orElseThrow().dtype()).isEqualTo(DType.BF16);
  }

  @Test
  void readsNoTensorBytesForTheHeader() {
    byte[] big =
        GgufBytes.file(3, 1, 0)
            .tensor("t", 0, 0, 1 << 20)
            .align(32)
            .bytes(new byte[4 << 20])
            .done();
    open(big);
    assertThat(store.bytesRead()).isLessThan(70_000);
  }
}
