package org.findthelady.checkpoint.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.Permutation;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFormatTest {
  private static final int ROWS = 11;
  private static final HadoopStore STORE = new HadoopStore();

  @TempDir private Path folder;

  private static TensorProto.Builder tensor(String name, int type) {
    return TensorProto.newBuilder().setName(name).setDataType(type).addDims(ROWS);
  }

  private static ByteString floats(int from) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * ROWS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS; i++) {
      bytes.putFloat(from + i);
    }
    return ByteString.copyFrom(bytes.flip());
  }

  /** Raw, typed, packed and nested tensors, and a field that no schema knows. */
  private static GraphProto.Builder graph() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    graph.addInitializer(tensor("raw", 1).setRawData(floats(0)));
    TensorProto.Builder typed = tensor("typed", 1);
    TensorProto.Builder bytes = tensor("bytes", 3);
    TensorProto.Builder longs = tensor("longs", 7);
    for (int i = 0; i < ROWS; i++) {
      typed.addFloatData(100 + i);
      bytes.addInt32Data(i * 20 - 100);
      longs.addInt64Data(((long) i) << (5 * i));
    }
    graph.addInitializer(typed).addInitializer(bytes).addInitializer(longs);
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor("", 1).setRawData(floats(200)))
            .build();
    NodeProto constant =
        NodeProto.newBuilder()
            .setOpType("Constant")
            .addOutput("constant")
            .addAttribute(value)
            .build();
    GraphProto nested = GraphProto.newBuilder().setName("n").addNode(constant).build();
    AttributeProto body =
        AttributeProto.newBuilder()
            .setName("then_branch")
            .setType(AttributeProto.AttributeType.GRAPH)
            .setG(nested)
            .build();
    graph.addNode(constant);
    graph.addNode(NodeProto.newBuilder().setOpType("If").addOutput("y").addAttribute(body));
    return graph;
  }

  private static ModelProto model(GraphProto.Builder graph) {
    UnknownFieldSet.Field strange =
        UnknownFieldSet.Field.newBuilder().addVarint(7).addFixed32(9).build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(graph)
        .setUnknownFields(UnknownFieldSet.newBuilder().addField(2000, strange).build())
        .build();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("m.onnx"), bytes);
  }

  private static Checkpoint open(Path path) {
    return Checkpoints.open(STORE, path.toString());
  }

  private static byte[] written(Checkpoint checkpoint, Map<String, Move> moves, Path target)
      throws IOException {
    OnnxFormat format = new OnnxFormat();
    try (TensorReader reader = format.reader(STORE, checkpoint)) {
      format.write(STORE, checkpoint, reader, moves, target.toString());
    }
    return Files.readAllBytes(target);
  }

  private static Map<String, Move> turned(Checkpoint checkpoint, Permutation permutation) {
    Map<String, Move> moves = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      moves.put(tensor.name(), new Move(tensor, new int[][] {permutation.toArray()}));
    }
    return moves;
  }

  @Test
  void findsTensorsWhereverTheyAreStored() throws Exception {
    Checkpoint checkpoint = open(file(model(graph()).toByteArray()));
    assertThat(checkpoint.tensors())
        .extracting(TensorInfo::name)
        .containsExactly(
            "raw", "typed", "bytes", "longs", "constant", "g.n1.a0.g.n0.a0.t:constant");
    try (TensorReader reader = new OnnxFormat().reader(STORE, checkpoint)) {
      ByteBuffer typed =
          ByteBuffer.wrap(reader.readAll(checkpoint.tensor("typed").orElseThrow()))
              .order(ByteOrder.LITTLE_ENDIAN);
      assertThat(typed.getFloat(8)).isEqualTo(102f);
      byte[] bytes = reader.readAll(checkpoint.tensor("bytes").orElseThrow());
      assertThat(bytes[10]).isEqualTo((byte) 100);
      ByteBuffer longs =
          ByteBuffer.wrap(reader.readAll(checkpoint.tensor("longs").orElseThrow()))
              .order(ByteOrder.LITTLE_ENDIAN);
      assertThat(longs.getLong(80)).isEqualTo(10L << 50);
    }
  }

  @Test
  void copiesEveryByteIfNothingMoves() throws Exception {
    byte[] bytes = model(graph()).toByteArray();
    assertThat(written(open(file(bytes)), Map.of(), folder.resolve("c.onnx"))).isEqualTo(bytes);
  }

  @Test
  void movesAndMovesBackToTheSameBytes() throws Exception {
    byte[] bytes = model(graph()).toByteArray();
    Permutation permutation = Permutation.random(ROWS, new SplittableRandom(5));
    assertThat(permutation.longestCycle()).isGreaterThan(2);
    Checkpoint original = open(file(bytes));
    Path moved = folder.resolve("moved.onnx");
    byte[] there = written(original, turned(original, permutation), moved);
    assertThat(there).hasSameSizeAs(bytes).isNotEqualTo(bytes);
    ModelProto read = ModelProto.parseFrom(there);
    assertThat(read.getUnknownFields().hasField(2000)).isTrue();
    for (int i = 0; i < ROWS; i++) {
      int from = permutation.source(i);
      assertThat(read.getGraph().getInitializer(1).getFloatData(i)).isEqualTo(100f + from);
      assertThat(read.getGraph().getInitializer(2).getInt32Data(i)).isEqualTo(from * 20 - 100);
      assertThat(read.getGraph().getInitializer(3).getInt64Data(i))
          .isEqualTo((long) from << (5 * from));
    }
    Checkpoint back = open(moved);
    assertThat(written(back, turned(back, permutation.inverse()), folder.resolve("b.onnx")))
        .isEqualTo(bytes);
  }

  private static GraphProto.Builder external(String location, long offset, long length) {
    TensorProto.Builder outside = tensor("outside", 1).setDataLocation(DataLocation.EXTERNAL);
    Map<String, String> entries =
        Map.of(
            "location", location, "offset", Long.toString(offset), "length", Long.toString(length));
    entries.forEach(
        (key, value) ->
            outside.addExternalData(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return GraphProto.newBuilder().setName("g").addInitializer(outside);
  }

  @Test
  void readsAndWritesExternalData() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    byte[] data = new byte[16 + 4 * ROWS + 3];
    new java.util.Random(3).nextBytes(data);
    Files.write(folder.resolve("data/w.bin"), data);
    Checkpoint checkpoint = open(file(model(external("data/w.bin", 16, 4 * ROWS)).toByteArray()));
    Permutation permutation = Permutation.random(ROWS, new SplittableRandom(1));
    Path target = folder.resolve("out/m.onnx");
    written(checkpoint, turned(checkpoint, permutation), target);
    byte[] moved = Files.readAllBytes(folder.resolve("out/data/w.bin"));
    for (int i = 0; i < ROWS; i++) {
      for (int b = 0; b < 4; b++) {
        assertThat(moved[16 + 4 * i + b]).isEqualTo(data[16 + 4 * permutation.source(i) + b]);
      }
    }
    assertThat(moved[15]).isEqualTo(data[15]);
    assertThat(moved[moved.length - 1]).isEqualTo(data[data.length - 1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../w.bin",
        "/etc/passwd",
        "a/../../w.bin",
        "file:///w.bin",
        "a\\w.bin",
        "w\0.bin",
        "",
        ".",
        "a//w.bin",
        "s3a://bucket/w.bin"
      })
  void refusesExternalDataElsewhere(String location) throws Exception {
    Path file = file(model(external(location, 0, 4 * ROWS)).toByteArray());
    assertThatThrownBy(() -> open(file))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE))
        .hasMessageContaining("outside");
  }

  @Test
  void refusesExternalDataBeyondTheFile() throws Exception {
    Files.write(folder.resolve("w.bin"), new byte[4 * ROWS]);
    for (long offset : new long[] {1, Long.MAX_VALUE}) {
      Path file = file(model(external("w.bin", offset, 4 * ROWS)).toByteArray());
      assertThatThrownBy(() -> open(file)).isInstanceOf(CheckpointException.class);
    }
    Path missing = file(model(external("none.bin", 0, 4 * ROWS)).toByteArray());
    assertThatThrownBy(() -> open(missing))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
  }

  @Test
  void saysThatExternalDataIsAPointer() throws Exception {
    Files.writeString(
        folder.resolve("w.bin"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4096\n");
    Path file = file(model(external("w.bin", 0, 4 * ROWS)).toByteArray());
    assertThatThrownBy(() -> open(file))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
        .hasMessageContaining("w.bin is a pointer of Git LFS")
        .hasMessageContaining("git lfs pull");
  }

  @Test
  void refusesDataThatDoesNotFitItsShape() throws Exception {
    Path file =
        file(
            model(
                    GraphProto.newBuilder()
                        .addInitializer(tensor("short", 1).setRawData(floats(0).substring(0, 40))))
                .toByteArray());
    assertThatThrownBy(() -> open(file)).hasMessageContaining("needs 44 bytes, 40 are given");
  }

  @Test
  void refusesDataGivenTwice() throws Exception {
    Path file =
        file(
            model(
                    GraphProto.newBuilder()
                        .addInitializer(tensor("two", 1).setRawData(floats(0)).addFloatData(1)))
                .toByteArray());
    assertThatThrownBy(() -> open(file)).hasMessageContaining("data twice");
  }

  @Test
  void everyCutIsRefusedOrReadsOnlyWhatIsThere() throws Exception {
    byte[] bytes = model(graph()).toByteArray();
    for (int cut = 0; cut < bytes.length; cut++) {
      Path file = file(java.util.Arrays.copyOf(bytes, cut));
      try {
        Checkpoint checkpoint = open(file);
        for (TensorInfo tensor : checkpoint.tensors()) {
          assertThat(tensor.offset()).isLessThanOrEqualTo(cut);
        }
        // Only the unknown field behind the graph may be missing.
        assertThat(checkpoint.tensors()).hasSize(6);
      } catch (CheckpointException refused) {
        assertThat(refused.getMessage()).contains("m.onnx");
      }
    }
  }

  @Test
  void realModelsAreCopiedByteForByte() throws Exception {
    Path silero = SharedModels.path("models/silero-vad/silero_vad_16k_op15.onnx");
    byte[] copy = written(open(silero), Map.of(), folder.resolve("silero.onnx"));
    assertThat(copy).isEqualTo(Files.readAllBytes(silero));
  }
}
