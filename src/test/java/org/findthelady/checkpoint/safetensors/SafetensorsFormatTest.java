package org.findthelady.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.findthelady.checkpoint.safetensors.RawSafetensors.bytes;
import static org.findthelady.checkpoint.safetensors.RawSafetensors.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFormatTest {
  private static final HadoopStore STORE = new HadoopStore();

  @TempDir Path folder;

  private static void write(Checkpoint checkpoint, Map<String, Move> moves, Path target)
      throws IOException {
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    try (TensorReader reader = format.reader(STORE, checkpoint)) {
      format.write(STORE, checkpoint, reader, moves, target.toString());
    }
  }

  private Path twoShards() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.write(
        model.resolve("model-00001-of-00002.safetensors"),
        bytes(
            " {\"__metadata__\":{\"format\":\"pt\"},"
                + entry("b", "BF16", "[3,2]", 4, 16)
                + ","
                + entry("a", "F32", "[1]", 0, 4)
                + "}   ",
            random(16)));
    Files.write(
        model.resolve("model-00002-of-00002.safetensors"),
        bytes("{" + entry("c", "U8", "[5]", 0, 5) + "}", random(5)));
    Files.writeString(
        model.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 21},\n \"weight_map\": {"
            + "\"a\": \"model-00001-of-00002.safetensors\","
            + "\"b\": \"model-00001-of-00002.safetensors\","
            + "\"c\": \"model-00002-of-00002.safetensors\"}}");
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\"}");
    Files.createDirectories(model.resolve("tokenizer"));
    Files.writeString(model.resolve("tokenizer/merges.txt"), "a b");
    return model;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new SplittableRandom(count).nextBytes(bytes);
    return bytes;
  }

  @Test
  void readsAndRewritesAShardedFolderByteForByte() throws IOException {
    Path model = twoShards();
    Checkpoint checkpoint = Checkpoints.open(STORE, model.toString());
    assertThat(checkpoint.files()).hasSize(2);
    assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("b", "a", "c");
    assertThat(checkpoint.metadata()).containsEntry("format", "pt");
    assertThat(checkpoint.notes()).isEmpty();
    write(checkpoint, Map.of(), folder.resolve("copy"));
    for (String file :
        List.of(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "config.json",
            "tokenizer/merges.txt")) {
      assertThat(folder.resolve("copy").resolve(file)).hasSameBinaryContentAs(model.resolve(file));
    }
    assertThat(folder.resolve("copy").toFile().list()).hasSize(5);
  }

  @Test
  void keepsTheHeaderAndMovesOnlyTheBytes() throws IOException {
    Path model = twoShards();
    Checkpoint checkpoint = Checkpoints.open(STORE, model.toString());
    TensorInfo b = checkpoint.tensor("b").orElseThrow();
    write(
        checkpoint,
        Map.of("b", new Move(b, new int[][] {{1, 2, 0}, null})),
        folder.resolve("moved"));
    byte[] before = Files.readAllBytes(model.resolve("model-00001-of-00002.safetensors"));
    byte[] after = Files.readAllBytes(folder.resolve("moved/model-00001-of-00002.safetensors"));
    int at = (int) b.offset();
    byte[] expected = before.clone();
    System.arraycopy(before, at + 4, expected, at, 8);
    System.arraycopy(before, at, expected, at + 8, 4);
    assertThat(after).isEqualTo(expected).isNotEqualTo(before);
  }

  @Test
  void leavesOtherWeightsAndLinksOutBehind() throws IOException {
    Path model = twoShards();
    Files.writeString(folder.resolve("secret.json"), "secret");
    Files.createSymbolicLink(
        model.resolve("generation_config.json"), folder.resolve("secret.json"));
    Files.writeString(model.resolve("pytorch_model.bin"), "other weights");
    Files.writeString(model.resolve(".hidden"), "x");
    Checkpoint checkpoint = Checkpoints.open(STORE, model.toString());
    assertThat(checkpoint.notes())
        .containsExactly("other weights in the folder are not read: pytorch_model.bin");
    write(checkpoint, Map.of(), folder.resolve("copy"));
    assertThat(folder.resolve("copy").toFile().list())
        .containsExactlyInAnyOrder(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "config.json",
            "tokenizer");
  }

  @Test
  void readsAndRewritesALowRankAdapter() throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.write(
        adapter.resolve("adapter_model.safetensors"),
        bytes("{" + entry("q.lora_A.weight", "F32", "[1,2]", 0, 8) + "}", random(8)));
    String configuration = "{\"peft_type\": \"LORA\", \"r\": 1}";
    Files.writeString(adapter.resolve("adapter_config.json"), configuration);
    Checkpoint checkpoint = Checkpoints.open(STORE, adapter.toString());
    assertThat(checkpoint.metadata()).containsEntry("adapter_config.json", configuration);
    write(checkpoint, Map.of(), folder.resolve("copy"));
    for (String file : List.of("adapter_model.safetensors", "adapter_config.json")) {
      assertThat(folder.resolve("copy").resolve(file))
          .hasSameBinaryContentAs(adapter.resolve(file));
    }
  }

  @Test
  void writesAFileAsAFile() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Files.write(file, bytes("{" + entry("a", "F32", "[2]", 0, 8) + "}", random(8)));
    Files.writeString(folder.resolve("config.json"), "{}");
    write(Checkpoints.open(STORE, file.toString()), Map.of(), folder.resolve("out.safetensors"));
    assertThat(folder.resolve("out.safetensors")).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil", "/etc/passwd", "a/b", "a\\b", "s3a://b/k", "x\u0000y", "..", ".", ""})
  void refusesShardNamesThatLeadOut(String shard) throws IOException {
    Path model = twoShards();
    Files.writeString(
        model.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"%s\"}}"
            .formatted(shard.replace("\\", "\\\\").replace("\0", "\\u0000")));
    assertRefused(model, Reason.UNSAFE, "no plain file name");
  }

  @Test
  void refusesAnIndexThatContradictsItsShards() throws IOException {
    Path model = twoShards();
    Path index = model.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replace("\"c\": \"model-00002", "\"c\": \"model-00001"));
    assertRefused(model, Reason.MALFORMED, "tensor 'c' is not in its shard model-00001");
    Files.writeString(index, text.replace("\"c\"", "\"d\""));
    assertRefused(model, Reason.MALFORMED, "tensor 'd' is not in its shard");
    Files.writeString(index, text.replace("\"c\"", "\"a\""));
    assertRefused(model, Reason.MALFORMED, "twice");
    Files.writeString(index, text.replace("model-00002-of", "model-00003-of"));
    assertRefused(model, Reason.MISSING, "model-00003-of-00002.safetensors");
    for (String broken :
        List.of(
            "",
            "[]",
            "{}",
            "{\"weight_map\":{}}",
            "{\"weight_map\":[]}",
            text + "x",
            "{\"weight_map\":{\"a\":1}}",
            text.substring(0, 60))) {
      Files.writeString(index, broken);
      assertRefused(model, Reason.MALFORMED, "index.json");
    }
  }

  @Test
  void refusesATensorInTwoShards() throws IOException {
    Path model = twoShards();
    Files.write(
        model.resolve("model-00002-of-00002.safetensors"),
        bytes(
            "{" + entry("c", "U8", "[5]", 0, 5) + "," + entry("a", "U8", "[1]", 5, 6) + "}",
            random(6)));
    assertRefused(model, Reason.UNSAFE, "tensor 'a' is in two shards");
  }

  @Test
  void reportsTensorsThatTheIndexDoesNotName() throws IOException {
    Path model = twoShards();
    Path index = model.resolve("model.safetensors.index.json");
    Files.writeString(
        index, Files.readString(index).replace("\"a\": \"model-00001-of-00002.safetensors\",", ""));
    assertThat(Checkpoints.open(STORE, model.toString()).notes())
        .containsExactly("1 tensors are in a shard but not in the index: a");
  }

  private static void assertRefused(Path path, Reason reason, String says) {
    assertThatThrownBy(() -> Checkpoints.open(STORE, path.toString()))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(says);
  }

  @Test
  void writesAnyCheckpointDeterministically() throws IOException {
    Path source = folder.resolve("weights.safetensors");
    String name = "odd \\\" \n name 模";
    Files.write(
        source,
        bytes(
            "{"
                + entry("u", "U8", "[3]", 0, 3)
                + ","
                + entry("d", "F64", "[2]", 3, 19)
                + ","
                + entry(
                    name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"),
                    "BF16",
                    "[1,1]",
                    19,
                    21)
                + ","
                + entry("z", "F32", "[0]", 21, 21)
                + "}",
            random(21)));
    Checkpoint checkpoint = Checkpoints.open(STORE, source.toString());
    for (String target : List.of("one.safetensors", "two.safetensors")) {
      try (TensorReader reader = new SafetensorsFormat().reader(STORE, checkpoint)) {
        SafetensorsWriter.write(
            STORE,
            checkpoint,
            reader,
            Map.of(),
            Map.of("format", "pt", "a", "b"),
            folder.resolve(target).toString());
      }
    }
    assertThat(folder.resolve("one.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("two.safetensors"));
    byte[] written = Files.readAllBytes(folder.resolve("one.safetensors"));
    int length = ByteBuffer.wrap(written).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(0);
    assertThat(length % 8).isZero();
    assertThat(new String(written, 8, length, StandardCharsets.UTF_8))
        .startsWith("{\"__metadata__\":{\"a\":\"b\",\"format\":\"pt\"},\"u\":{")
        .contains("\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}");
    Checkpoint again = Checkpoints.open(STORE, folder.resolve("one.safetensors").toString());
    assertThat(again.tensors()).extracting(TensorInfo::name).containsExactly("u", "d", name, "z");
    try (TensorReader before = new SafetensorsFormat().reader(STORE, checkpoint);
        TensorReader after = new SafetensorsFormat().reader(STORE, again)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        TensorInfo copy = again.tensor(tensor.name()).orElseThrow();
        assertThat(copy.shape()).isEqualTo(tensor.shape());
        assertThat(copy.dtype()).isEqualTo(tensor.dtype());
        assertThat(after.readAll(copy)).isEqualTo(before.readAll(tensor));
      }
    }
  }

  @Test
  void refusesToWriteTypesThatSafetensorsDoesNotHave() {
    Shape shape = Shape.of(32);
    TensorInfo quantised = new TensorInfo("q", DType.Q8_0, shape, 0, 0, 34);
    Checkpoint checkpoint =
        new Checkpoint(
            new org.findthelady.checkpoint.FileInfo("/x", 34, 0, false),
            "other",
            List.of(),
            List.of(quantised),
            Map.of(),
            List.of());
    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(
                    STORE, checkpoint, null, Map.of(), Map.of(), folder + "/out"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'q' of type Q8_0");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"models/llama-stories/hf", "models/silero-vad/silero_vad_16k.safetensors"})
  void movesRealModelsThereAndBack(String name) throws IOException {
    Path source = SharedModels.path(name);
    Checkpoint checkpoint = Checkpoints.open(STORE, source.toString());
    Map<String, Move> there = new HashMap<>();
    Map<String, int[][]> back = new HashMap<>();
    SplittableRandom random = new SplittableRandom(11);
    for (TensorInfo tensor : checkpoint.tensors()) {
      int[][] gathers = new int[tensor.shape().rank()][];
      int[][] inverses = new int[gathers.length][];
      for (int axis = 0; axis < gathers.length; axis++) {
        Permutation p = Permutation.random(tensor.shape().intLength(axis), random);
        gathers[axis] = p.toArray();
        inverses[axis] = p.inverse().toArray();
      }
      there.put(tensor.name(), new Move(tensor, gathers));
      back.put(tensor.name(), inverses);
    }
    boolean isFolder = Files.isDirectory(source);
    String ending = isFolder ? "" : ".safetensors";
    Path moved = folder.resolve("moved" + ending);
    write(checkpoint, there, moved);
    Checkpoint shuffled = Checkpoints.open(STORE, moved.toString());
    Map<String, Move> undo = new HashMap<>();
    shuffled.tensors().forEach(t -> undo.put(t.name(), new Move(t, back.get(t.name()))));
    Path restored = folder.resolve("restored" + ending);
    write(shuffled, undo, restored);
    Path weights = isFolder ? Path.of("model.safetensors") : Path.of("");
    assertThat(restored.resolve(weights)).hasSameBinaryContentAs(source.resolve(weights));
    assertThat(Files.mismatch(moved.resolve(weights), source.resolve(weights))).isNotNegative();
    independentReadersAgree(checkpoint, moved.resolve(weights));
  }

  /** A regular expression here and Python's struct and json see the tensors that ours sees. */
  private void independentReadersAgree(Checkpoint checkpoint, Path file) throws IOException {
    Map<String, Map.Entry<String, ByteBuffer>> raw = RawSafetensors.parse(file);
    assertThat(raw.keySet())
        .containsExactlyInAnyOrderElementsOf(
            checkpoint.tensors().stream().map(TensorInfo::name).toList());
    for (TensorInfo tensor : checkpoint.tensors()) {
      assertThat(raw.get(tensor.name()).getKey())
          .isEqualTo((tensor.dtype() + tensor.shape().toString()).replace(" ", ""));
      assertThat(raw.get(tensor.name()).getValue().remaining()).isEqualTo(tensor.length());
    }
  }

  @Test
  void pythonReadsWhatWeWrite() throws Exception {
    assumeTrue(pythonIsAtHand());
    Path model = twoShards();
    Checkpoint checkpoint = Checkpoints.open(STORE, model.toString());
    try (TensorReader reader = new SafetensorsFormat().reader(STORE, checkpoint)) {
      SafetensorsWriter.write(
          STORE,
          checkpoint,
          reader,
          Map.of(
              "b", new Move(checkpoint.tensor("b").orElseThrow(), new int[][] {{2, 0, 1}, {1, 0}})),
          Map.of(),
          folder + "/all.safetensors");
    }
    String script =
        """
        import json,struct,sys
        d=open(sys.argv[1],'rb').read()
        n=struct.unpack('<Q',d[:8])[0]
        h=json.loads(d[8:8+n])
        for k in sorted(h):
          b,e=h[k]['data_offsets']
          print(k,h[k]['dtype'],h[k]['shape'],d[8+n+b:8+n+e].hex())
        assert max(h[k]['data_offsets'][1] for k in h)==len(d)-8-n
        """;
    Process python =
        new ProcessBuilder("python3", "-c", script, folder + "/all.safetensors")
            .redirectErrorStream(true)
            .start();
    String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(printed).isZero();
    byte[] b = Arrays.copyOfRange(random(16), 4, 16);
    StringBuilder expected = new StringBuilder();
    for (int at : new int[] {10, 8, 2, 0, 6, 4}) {
      expected.append("%02x%02x".formatted(b[at], b[at + 1]));
    }
    assertThat(printed).contains("b BF16 [3, 2] " + expected).contains("c U8 [5] ");
  }

  private static boolean pythonIsAtHand() {
    try {
      return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }
}
