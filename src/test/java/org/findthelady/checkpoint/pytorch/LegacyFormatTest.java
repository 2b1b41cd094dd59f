package org.findthelady.checkpoint.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LegacyFormatTest {
  private final LegacyFormat format = new LegacyFormat();
  private final MemoryStore store = new MemoryStore();

  @ParameterizedTest
  @CsvSource({
    "resnet-cifar10/resnet20-12fca82f.th, 97, module.conv1.weight, '[16, 3, 3, 3]'",
    "resnet-cifar10/resnet56-4bfd9763.th, 277, module.conv1.weight, '[16, 3, 3, 3]'",
    "face-rfb/version-RFB-320.pth, 244, base_net.0.0.weight, '[16, 3, 3, 3]'",
    "face-rfb/version-RFB-640.pth, 244, base_net.0.0.weight, '[16, 3, 3, 3]'",
    "face-rfb/epochs/rfb-epoch-0.pth, 244, base_net.0.0.weight, '[16, 3, 3, 3]'",
    "face-rfb/epochs/rfb-epoch-499.pth, 244, base_net.0.0.weight, '[16, 3, 3, 3]'",
    "blazeface/blazeface.pth, 74, backbone1.0.weight, '[24, 3, 5, 5]'",
    "abcrown/cifar_base.pth, 8, 0.weight, '[8, 3, 4, 4]'",
  })
  void readsRealCheckpoints(String file, int tensors, String name, String shape)
      throws IOException {
    Checkpoint checkpoint =
        read(store.put("/a.pth", Files.readAllBytes(SharedModels.path("models/" + file))));
    assertThat(checkpoint.tensors()).hasSize(tensors);
    assertThat(checkpoint.byName().get(name).shape()).hasToString(shape);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL", "C64", "C128"})
  void readsEveryStorageType(DType dtype) throws IOException {
    byte[] bytes = random(6 * dtype.blockBytes());
    TorchFixture fixture = new TorchFixture().storage("0", dtype, bytes);
    fixture.dict().key("a").tensor("0", 0, new long[] {2, 3}, 3, 1).end();
    Checkpoint checkpoint = read(store.put("/a.pth", fixture.legacy()));
    TensorInfo tensor = checkpoint.tensors().get(0);
    assertThat(tensor.dtype()).isEqualTo(dtype);
    assertThat(packed(checkpoint, "a")).isEqualTo(bytes);
  }

  @Test
  void gathersThroughStridesAndOffsets() throws IOException {
    byte[] bytes = ints(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    TorchFixture fixture = new TorchFixture().storage("7", DType.I32, bytes);
    fixture.dict();
    fixture.key("whole").tensor("7", 0, new long[] {3, 4}, 4, 1);
    fixture.key("transposed").tensor("7", 0, new long[] {4, 3}, 1, 4);
    fixture.key("part").tensor("7", 5, new long[] {2, 2}, 4, 1);
    fixture.key("spread").tensor("7", 2, new long[] {3, 2}, 0, 3);
    fixture.key("scalar").tensor("7", 11, new long[] {});
    fixture.key("empty").tensor("7", 12, new long[] {0, 4}, 4, 1);
    fixture.end();
    Checkpoint checkpoint = read(store.put("/a.pth", fixture.legacy()));
    assertThat(packed(checkpoint, "whole")).isEqualTo(bytes);
    assertThat(packed(checkpoint, "transposed"))
        .isEqualTo(ints(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11));
    assertThat(packed(checkpoint, "part")).isEqualTo(ints(5, 6, 9, 10));
    assertThat(packed(checkpoint, "spread")).isEqualTo(ints(2, 5, 2, 5, 2, 5));
    assertThat(packed(checkpoint, "scalar")).isEqualTo(ints(11));
    assertThat(packed(checkpoint, "empty")).isEmpty();
  }

  @Test
  void readsStridedTensorsByAnyRange() throws IOException {
    byte[] bytes = random(4 * 60);
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, bytes);
    fixture.dict().key("t").tensor("0", 0, new long[] {5, 4, 3}, 1, 15, 5).end();
    Checkpoint checkpoint = read(store.put("/a.pth", fixture.legacy()));
    byte[] all = packed(checkpoint, "t");
    assertThat(all).isNotEqualTo(bytes);
    TensorInfo tensor = checkpoint.tensors().get(0);
    try (TensorReader reader = format.reader(store, checkpoint)) {
      for (int from = 0; from <= all.length; from++) {
        for (int length : new int[] {0, 1, 3, 4, 9, 41}) {
          int count = Math.min(length, all.length - from);
          byte[] part = new byte[count];
          reader.read(tensor, from, ByteBuffer.wrap(part));
          assertThat(part).isEqualTo(Arrays.copyOfRange(all, from, from + count));
        }
      }
    }
  }

  @Test
  void readsStorageViews() throws IOException {
    TorchFixture fixture =
        new TorchFixture().storage("root", DType.I32, ints(10, 11, 12, 13, 14, 15));
    fixture.dict().key("a");
    PickleBytes object = fixture.object();
    object.global("torch._utils", "_rebuild_tensor").op('(');
    object.op('(').text("storage").global("torch", "IntStorage").text("root").text("cpu");
    object.integer(6).op('(').text("view").integer(2).integer(3).op('t').op('t').op('Q');
    object.integer(1).integers(2).integers(1).op('t').op('R');
    fixture.end();
    Checkpoint checkpoint = read(store.put("/a.pth", fixture.legacy()));
    assertThat(packed(checkpoint, "a")).isEqualTo(ints(13, 14));
  }

  @Test
  void rejectsViewsBeyondTheirStorage() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(40));
    fixture.dict().key("a").tensor("0", 3, new long[] {2, 4}, 4, 1).end();
    FileInfo file = store.put("/a.pth", fixture.legacy());
    assertThat(refusal(file))
        .hasMessageContainingAll("/a.pth", "'a'", "44", "40")
        .extracting(CheckpointException::reason)
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void rejectsExpandedTensorsLargerThanTheFile() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(4));
    fixture.dict().key("a").tensor("0", 0, new long[] {1L << 40}, 0).end();
    assertThat(refusal(store.put("/a.pth", fixture.legacy())).reason()).isEqualTo(Reason.LIMIT);
  }

  @Test
  void rejectsShapesThatOverflow() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(4));
    fixture.dict().key("a").tensor("0", 0, new long[] {1L << 40, 1L << 40}, 0, 0).end();
    assertThat(refusal(store.put("/a.pth", fixture.legacy())).reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void rejectsCountsThatDisagree() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(40));
    fixture.dict().key("a");
    fixture.object().global("torch._utils", "_rebuild_tensor").op('(');
    fixture.reference("0", 9).object().integer(0).integers(2).integers(1).op('t').op('R');
    fixture.end();
    assertThat(refusal(store.put("/a.pth", fixture.legacy()))).hasMessageContainingAll("10", "9");
  }

  @Test
  void rejectsEveryPrefix() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(24));
    fixture.storage("1", DType.F32, random(4));
    fixture.dict().key("a").tensor("0", 0, new long[] {2, 3}, 3, 1);
    fixture.key("b").tensor("1", 0, new long[] {1}, 1).end();
    byte[] whole = fixture.legacy();
    for (int cut = 0; cut < whole.length; cut++) {
      FileInfo file = store.put("/cut.pth", Arrays.copyOf(whole, cut));
      assertThat(refusal(file)).as("cut at %d", cut).isNotNull();
      assertThat(refusal(file).reason()).as("cut at %d", cut).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void refusesCodeAndSaysWhere() {
    byte[] pickle =
        PickleBytes.protocol(2).global("os", "system").text("id").raw(0x85).op('R').stop();
    FileInfo file = store.put("/evil.pth", pickle);
    assertThat(refusal(file))
        .hasMessageContainingAll("/evil.pth", "os.system", "byte 2")
        .extracting(CheckpointException::reason)
        .isEqualTo(Reason.UNSAFE);
  }

  @Test
  void leavesOtherPicklesAndGarbageAlone() {
    assertThat(refusal(store.put("/a.pkl", PickleBytes.protocol(2).integer(5).stop())).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(
            refusal(
                store.put(
                    "/b.pth", "not a pickle".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .isNotNull();
  }

  @Test
  void isWrittenAsSafetensorsWithItsNames() throws IOException {
    byte[] bytes = random(4 * 6);
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, bytes);
    fixture.dict().key("plain").tensor("0", 0, new long[] {2, 3}, 3, 1);
    fixture.key("turned").tensor("0", 0, new long[] {3, 2}, 1, 3).end();
    Checkpoint checkpoint = read(store.put("/a.pth", fixture.legacy()));
    Move move = new Move(checkpoint.tensor("turned").orElseThrow(), new int[][] {{2, 0, 1}, null});
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, Map.of("turned", move), "/out.safetensors");
    }
    CheckpointFormat written = Checkpoints.format(format.writtenAs());
    Checkpoint copy = written.read(store, store.stat("/out.safetensors").orElseThrow());
    try (TensorReader reader = written.reader(store, copy)) {
      assertThat(reader.readAll(copy.tensor("plain").orElseThrow())).isEqualTo(bytes);
      ByteBuffer turned = ByteBuffer.wrap(packed(checkpoint, "turned"));
      byte[] expected = new byte[24];
      turned.get(16, expected, 0, 8).get(0, expected, 8, 16);
      assertThat(reader.readAll(copy.tensor("turned").orElseThrow())).isEqualTo(expected);
    }
  }

  private CheckpointException refusal(FileInfo file) {
    return catchThrowableOfType(CheckpointException.class, () -> read(file));
  }

  private Checkpoint read(FileInfo file) throws IOException {
    return format.read(store, file);
  }

  private byte[] packed(Checkpoint checkpoint, String name) throws IOException {
    try (TensorReader reader = format.reader(store, checkpoint)) {
      return reader.readAll(checkpoint.tensor(name).orElseThrow());
    }
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putInt);
    return bytes.array();
  }
}
