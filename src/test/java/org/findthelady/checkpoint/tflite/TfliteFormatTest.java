package org.findthelady.checkpoint.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TfliteFormatTest {
  private static final int F32 = 0;
  private static final int INT8 = 9;

  private final MemoryStore store = new MemoryStore();

  private Checkpoint open(byte... bytes) {
    store.put("/model.tflite", bytes);
    return Checkpoints.open(store, "/model.tflite");
  }

  /** A 3 x 2 int8 weight with a scale for each of three rows, and a tensor that is no constant. */
  private static byte[] small() {
    TfliteBytes model = new TfliteBytes();
    int weight = model.buffer((byte) 1, (byte) 2, (byte) -3, (byte) 4, (byte) 5, (byte) -128);
    int bias = model.buffer(new byte[12]);
    int quantised = model.quantization(0, new float[] {0.5f, 0.1f, 3e-8f}, new long[] {0, 1, -128});
    return model
        .tensor("input", F32, 0, 1, 2)
        .quantised("weight", INT8, weight, quantised, 3, 2)
        .tensor("bias", F32, bias, 3)
        .done();
  }

  @Test
  void readsConstantsWithTheirScales() throws IOException {
    Checkpoint checkpoint = open(small());
    assertThat(checkpoint.tensors())
        .extracting(TensorInfo::name)
        .containsExactly("weight", "weight/scale", "weight/zero_point", "bias");
    TensorInfo weight = checkpoint.tensor("weight").orElseThrow();
    assertThat(weight.dtype()).isEqualTo(DType.I8);
    assertThat(weight.shape()).isEqualTo(Shape.of(3, 2));
    Quantisation quantisation = Quantisation.of(checkpoint, "weight").orElseThrow();
    assertThat(quantisation.scales()).containsExactly(0.5f, 0.1f, 3e-8f);
    assertThat(quantisation.zeroPoints()).containsExactly(0, 1, -128);
    assertThat(Quantisation.of(checkpoint, "bias")).isEmpty();
    try (TensorReader reader = new TfliteFormat().reader(store, checkpoint)) {
      float[] values = new float[6];
      Floats.decode(DType.I8, ByteBuffer.wrap(reader.readAll(weight)), values, 0, 6);
      quantisation.dequantiseInPlace(weight, 0, values, 0, 6);
      assertThat(values).containsExactly(0.5f, 1, 0.1f * -4, 0.1f * 3, 3e-8f * 133, 0);
      float[] last = {5, -128};
      quantisation.dequantiseInPlace(weight, 4, last, 0, 2);
      assertThat(last).containsExactly(3e-8f * 133, 0);
      float[] scales = new float[3];
      Floats.decode(
          DType.F32,
          ByteBuffer.wrap(reader.readAll(checkpoint.tensor("weight/scale").orElseThrow())),
          scales,
          0,
          3);
      assertThat(scales).containsExactly(0.5f, 0.1f, 3e-8f);
    }
  }

  @Test
  void movesWeightsWithTheirScalesAndKeepsEveryOtherByte() throws IOException {
    byte[] before = small();
    Checkpoint checkpoint = open(before);
    int[] rows = {2, 0, 1};
    Move weight = move(checkpoint, "weight", new int[][] {rows, null});
    Move scale = move(checkpoint, "weight/scale", new int[][] {rows});
    write(checkpoint, Map.of("weight", weight, "weight/scale", scale));
    byte[] after = store.bytes("/out.tflite");
    assertThat(after).hasSameSizeAs(before).isNotEqualTo(before);
    Checkpoint moved = open(after);
    assertThat(Quantisation.of(moved, "weight").orElseThrow().scales())
        .containsExactly(3e-8f, 0.5f, 0.1f);
    store.delete("/out.tflite");
    int[] back = {1, 2, 0};
    Move again = move(moved, "weight", new int[][] {back, null});
    Move scaleAgain = move(moved, "weight/scale", new int[][] {back});
    write(moved, Map.of("weight", again, "weight/scale", scaleAgain));
    assertThat(store.bytes("/out.tflite")).isEqualTo(before);
  }

  private static Move move(Checkpoint checkpoint, String name, int[][] gathers) {
    return new Move(checkpoint.tensor(name).orElseThrow(), gathers);
  }

  private void write(Checkpoint checkpoint, Map<String, Move> moves) throws IOException {
    TfliteFormat format = new TfliteFormat();
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, moves, "/out.tflite");
    }
  }

  @Test
  void refusesToMoveOneOfTwoTensorsThatShareABuffer() throws IOException {
    TfliteBytes model = new TfliteBytes();
    int shared = model.buffer(new byte[12]);
    Checkpoint checkpoint =
        open(model.tensor("a", F32, shared, 3).tensor("b", F32, shared, 3).done());
    Move a = move(checkpoint, "a", new int[][] {{2, 0, 1}});
    Move b = move(checkpoint, "b", new int[][] {{2, 0, 1}});
    assertThatThrownBy(() -> write(checkpoint, Map.of("a", a)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'a' and 'b' share bytes");
    assertThat(store.stat("/out.tflite")).isEmpty();
    write(checkpoint, Map.of("a", a, "b", b));
  }

  @Test
  void tellsTensorsOfOneNameApart() {
    TfliteBytes model = new TfliteBytes();
    int one = model.buffer(new byte[4]);
    int other = model.buffer(new byte[4]);
    assertThat(open(model.tensor("t", F32, one, 1).tensor("t", F32, other, 1).done()).tensors())
        .extracting(TensorInfo::name)
        .containsExactly("t", "t#2");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(
            "buffer out of range",
            Reason.MALFORMED,
            new TfliteBytes().tensor("t", F32, 7, 1).done(),
            "buffer 7 of 1"),
        Arguments.of(
            "buffer too short", Reason.MALFORMED, one(F32, new byte[4], 2), "needs 8 bytes"),
        Arguments.of(
            "buffer too long", Reason.MALFORMED, one(F32, new byte[12], 2), "needs 8 bytes"),
        Arguments.of(
            "buffer beyond the file",
            Reason.MALFORMED,
            outside(1 << 20, 8),
            "the buffer has 8 at 1048576"),
        Arguments.of("offset that wraps at 2^64", Reason.MALFORMED, outside(-4, 8), "has 8 at -4"),
        Arguments.of("negative length", Reason.MALFORMED, one(F32, new byte[4], -1), "length -1"),
        Arguments.of(
            "overflowing shape",
            Reason.MALFORMED,
            one(F32, new byte[4], 1 << 30, 1 << 30, 1 << 30),
            "overflows"),
        Arguments.of(
            "scales that do not fit",
            Reason.MALFORMED,
            scaled(0, new float[] {1, 2}, new long[] {0, 0}),
            "2 scales"),
        Arguments.of(
            "axis that is not there",
            Reason.MALFORMED,
            scaled(2, new float[] {1, 2, 3}, new long[] {0, 0, 0}),
            "axis 2"),
        Arguments.of(
            "zero points that do not fit",
            Reason.MALFORMED,
            scaled(0, new float[] {1, 2, 3}, new long[] {0}),
            "1 zero points"));
  }

  private static byte[] one(int type, byte[] data, int... shape) {
    TfliteBytes model = new TfliteBytes();
    return model.tensor("t", type, model.buffer(data), shape).done();
  }

  private static byte[] outside(long offset, long length) {
    TfliteBytes model = new TfliteBytes();
    return model.tensor("t", F32, model.bufferAt(offset, length), 2).done();
  }

  private static byte[] scaled(int axis, float[] scales, long[] zeroPoints) {
    TfliteBytes model = new TfliteBytes();
    int buffer = model.buffer(new byte[3]);
    int quantised = model.quantization(axis, scales, zeroPoints);
    return model.quantised("t", INT8, buffer, quantised, 3).done();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String what, Reason reason, byte[] bytes, String says) {
    assertThatThrownBy(() -> open(bytes))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining("/model.tflite")
        .hasMessageContaining(says);
  }

  /** Offsets in garbage may lead to a table without a single field. */
  @Test
  void refusesGarbageWithoutAGraph() {
    byte[] garbage =
        ByteBuffer.allocate(100)
            .put(0, (byte) 28)
            .put(4, "TFL3".getBytes(StandardCharsets.US_ASCII))
            .array();
    assertThatThrownBy(() -> open(garbage))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("/model.tflite", "version 0 with 0 graphs");
  }

  @Test
  void noPrefixIsReadAsTheWhole() {
    byte[] whole = small();
    int refused = 0;
    for (int length = 8; length < whole.length; length++) {
      try {
        Checkpoint checkpoint = open(Arrays.copyOf(whole, length));
        for (TensorInfo tensor : checkpoint.tensors()) {
          assertThat(tensor.offset() + tensor.length()).isLessThanOrEqualTo(length);
        }
      } catch (CheckpointException e) {
        assertThat(e).hasMessageContaining("/model.tflite");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan((whole.length - 8) * 9 / 10);
  }

  @ParameterizedTest
  @CsvSource({"pretrainedResnet_quant.tflite, 10", "vww_96_int8.tflite, 28"})
  void opensRealModels(String file, int atLeast) {
    Checkpoint checkpoint =
        Checkpoints.open(
            new HadoopStore(), SharedModels.path("models/mlperf-tiny/" + file).toString());
    assertThat(
            checkpoint.tensors().stream()
                .filter(t -> t.dtype() == DType.I8 && t.shape().rank() == 4)
                .peek(t -> assertThat(Quantisation.of(checkpoint, t.name())).isPresent()))
        .hasSizeGreaterThanOrEqualTo(atLeast - 2);
    assertThat(checkpoint.notes()).isEmpty();
  }
}
