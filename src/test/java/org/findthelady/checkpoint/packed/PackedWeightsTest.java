package org.findthelady.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackedWeightsTest {
  static Stream<String> all() {
    return PackedFixture.ALL.values().stream().flatMap(List::stream).sorted();
  }

  @ParameterizedTest
  @MethodSource("all")
  void decodesAsTheSchemesOwnImplementation(String name) throws IOException {
    PackedFixture fixture = PackedFixture.open(name);
    TensorInfo weight = fixture.weight();
    assertThat(weight.dtype()).isEqualTo(DType.F32);
    assertThat(weight.shape())
        .isEqualTo(fixture.checkpoint().tensor("expected").orElseThrow().shape());
    assertThat(fixture.checkpoint().tensors()).hasSize(2);
    float[] expected = fixture.expected();
    float[] values = fixture.read(weight);
    // bitsandbytes multiplies with the float32 nearest 1/127 after the scale, which rounds once
    // more.
    double ulps = name.equals("bnb-int8") ? 2 : 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within((float) (ulps * Math.ulp(expected[i]))));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void readsAnyRange(String name) throws IOException {
    PackedFixture fixture = PackedFixture.open(name);
    TensorInfo weight = fixture.weight();
    float[] all = fixture.read(weight);
    SplittableRandom random = new SplittableRandom(5);
    try (TensorReader reader = fixture.reader()) {
      for (int trial = 0; trial < 50; trial++) {
        int first = random.nextInt(all.length);
        int count = 1 + random.nextInt(all.length - first);
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        reader.read(weight, 4L * first, bytes);
        float[] values = new float[count];
        bytes.flip().asFloatBuffer().get(values);
        assertThat(values).isEqualTo(Arrays.copyOfRange(all, first, first + count));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void writesMovedBlocksBitForBit(String name) throws IOException {
    PackedFixture fixture = PackedFixture.open(name);
    Shape shape = fixture.weight().shape();
    float[] values = fixture.read(fixture.weight());
    for (int axis = 0; axis < shape.rank(); axis++) {
      int[][] gathers = new int[shape.rank()][];
      gathers[axis] = reversed(shape.intLength(axis));
      float[] moved;
      try {
        moved = fixture.movedAndReadBack(gathers);
      } catch (CheckpointException e) {
        assertThat(e.reason()).isEqualTo(CheckpointException.Reason.UNSUPPORTED);
        assertThat(e).hasMessageContaining(fixture.weight().name());
        assertThat(name + " " + axis).isIn(PackedTableTest.NOT_WRITTEN);
        continue;
      }
      assertThat(name + " " + axis).isNotIn(PackedTableTest.NOT_WRITTEN);
      assertThat(moved).as("axis %d", axis).isEqualTo(gathered(values, shape, axis, gathers[axis]));
    }
  }

  /** Reversing keeps blocks together where they fill the axis. */
  static int[] reversed(int length) {
    return IntStream.range(0, length).map(i -> length - 1 - i).toArray();
  }

  static float[] gathered(float[] values, Shape shape, int axis, int... gather) {
    int inner = (int) shape.elements(axis + 1, shape.rank());
    int length = shape.intLength(axis);
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int index = i / inner % length;
      moved[i] = values[i + (gather[index] - index) * inner];
    }
    return moved;
  }

  @Test
  void namesTheFileOfAPartThatDoesNotFit() {
    String header =
        "{'l.weight_packed':{'dtype':'I32','shape':[24,16],'data_offsets':[0,1536]},"
            + "'l.weight_scale':{'dtype':'F32','shape':[24,2],'data_offsets':[1536,1728]},"
            + "'l.weight_zero_point':{'dtype':'I32','shape':[1],'data_offsets':[1728,1732]},"
            + "'l.weight_shape':{'dtype':'I32','shape':[2],'data_offsets':[1732,1740]}}";
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    MemoryStore store = new MemoryStore();
    store.put(
        "/in/a.safetensors",
        ByteBuffer.allocate(8 + json.length + 1740)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .putInt(8 + json.length + 1732, 24)
            .putInt(8 + json.length + 1736, 128)
            .array());
    assertThatThrownBy(() -> Checkpoints.open(store, "/in/a.safetensors"))
        .hasMessage(
            "/in/a.safetensors: Tensor 'l.weight_zero_point': 4 bytes for 24 x 2 codes of 4 bits");
  }

  @Test
  void namesTheFileOfAGroupThatIsNotThere() throws IOException {
    byte[] bytes;
    try (InputStream in = PackedFixture.class.getResourceAsStream("gptq-int4-order.safetensors")) {
      bytes = in.readAllBytes();
    }
    MemoryStore store = new MemoryStore();
    store.put("/in/a.safetensors", bytes);
    Checkpoint whole = Checkpoints.open(store, "/in/a.safetensors");
    TensorInfo groups =
        whole.stored().tensors().stream()
            .filter(tensor -> tensor.name().endsWith("g_idx"))
            .findFirst()
            .orElseThrow();
    bytes[(int) groups.offset()] = 99;
    TensorInfo weight = whole.packing().weights().get(0).shown();
    try (TensorReader reader = Checkpoints.format(whole.format()).reader(store, whole)) {
      assertThatThrownBy(() -> reader.readFloats(weight))
          .hasMessage("/in/a.safetensors: Tensor '%s': group 99 of 4", groups.name());
    }
  }

  @Test
  void refusesToPartElementsThatShareAScale() throws IOException {
    PackedFixture fixture = PackedFixture.open("mxfp4-blocks");
    int[] swapped = IntStream.range(0, 96).toArray();
    swapped[0] = 40;
    swapped[40] = 0;
    assertThatThrownBy(() -> fixture.movedAndReadBack(null, null, swapped))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("axis 2 would part blocks of 32 elements");
  }

  @Test
  void movesCodesWithinABlock() throws IOException {
    PackedFixture fixture = PackedFixture.open("mxfp4-blocks");
    int[] swapped = IntStream.range(0, 96).toArray();
    swapped[1] = 30;
    swapped[30] = 1;
    float[] values = fixture.read(fixture.weight());
    assertThat(fixture.movedAndReadBack(null, null, swapped))
        .isEqualTo(gathered(values, fixture.weight().shape(), 2, swapped));
  }

  /**
   * What contradicts a weight's shape is named with both, and the file's other tensors are read.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gptq-int4-order | 'I32\", \"shape\": [64]' | 'I32\", \"shape\": [64, 1]' | I32 [64, 1] for 64 inputs",
        "gptq-int4-order | 'I32\", \"shape\": [64]' | 'F32\", \"shape\": [64]' | F32 [64] for 64 inputs",
        "gptq-int4-order | 'I32\", \"shape\": [64]' | 'I64\", \"shape\": [32]' | I64 [32] for 64 inputs",
        "fp8-fnuz-rows | '[40, 1]' | '[1, 40]' | scales [1, 40] for a weight [40, 24]",
      })
  void namesTermsThatDoNotFit(String fixture, String from, String to, String says)
      throws IOException {
    byte[] bytes;
    try (InputStream in = PackedWeightsTest.class.getResourceAsStream(fixture + ".safetensors")) {
      bytes = in.readAllBytes();
    }
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    assertThat(header).contains(from);
    String edited = (header.replace(from, to) + " ".repeat(8)).substring(0, length);
    System.arraycopy(edited.getBytes(StandardCharsets.UTF_8), 0, bytes, 8, length);
    MemoryStore store = new MemoryStore();
    store.put("/model.safetensors", bytes);
    Checkpoint checkpoint = Checkpoints.open(store, "/model.safetensors");
    assertThat(checkpoint.packing().undecodedWords()).contains(says);
    assertThat(checkpoint.tensor("expected")).isPresent();
  }
}
