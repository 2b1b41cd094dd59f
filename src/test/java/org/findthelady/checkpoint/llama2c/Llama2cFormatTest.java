package org.findthelady.checkpoint.llama2c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;

class Llama2cFormatTest {
  private final MemoryStore store = new MemoryStore();

  /** Width 8, hidden 12, one layer, 2 heads, 1 for keys and values, 3 positions. */
  private static byte[] file(int vocabulary, int floats) {
    byte[] weights = new byte[4 * floats];
    new SplittableRandom(1).nextBytes(weights);
    ByteBuffer bytes = ByteBuffer.allocate(28 + weights.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : new int[] {8, 12, 1, 2, 1, vocabulary, 3}) {
      bytes.putInt(number);
    }
    return bytes.put(weights).array();
  }

  private Checkpoint open(byte... bytes) {
    store.put("/model.bin", bytes);
    return Checkpoints.open(store, "/model.bin");
  }

  @Test
  void laysOutArraysInTheirOrder() {
    // 5 x 8, 8, 64, 32, 32, 64, 8, 3 x 96, 8, then two rotary tables of 3 x 2.
    int floats = 40 + 8 + 64 + 32 + 32 + 64 + 8 + 288 + 8 + 12;
    Checkpoint shared = open(file(5, floats));
    assertThat(shared.format()).isEqualTo("llama2.c");
    assertThat(shared.tensors()).hasSize(13);
    assertThat(shared.tensor("layers.0.attention.wk.weight").orElseThrow().shape())
        .isEqualTo(Shape.of(4, 8));
    assertThat(shared.tensor("layers.0.feed_forward.w2.weight").orElseThrow().offset())
        .isEqualTo(28 + 4 * (40 + 8 + 64 + 32 + 32 + 64 + 8 + 96));
    assertThat(open(file(-5, floats + 40)).tensors())
        .extracting(TensorInfo::name)
        .contains("output.weight");
  }

  @Test
  void refusesFilesOfAnotherLength() {
    for (int floats : new int[] {0, 555, 557}) {
      assertThatThrownBy(() -> open(file(5, floats))).isInstanceOf(CheckpointException.class);
    }
    byte[] headless = file(5, 556);
    ByteBuffer.wrap(headless).order(ByteOrder.LITTLE_ENDIAN).putInt(12, 3);
    assertThatThrownBy(() -> open(headless)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void movesRowsAndKeepsEveryOtherByte() throws IOException {
    byte[] before = file(5, 556);
    Checkpoint checkpoint = open(before);
    TensorInfo norm = checkpoint.tensor("norm.weight").orElseThrow();
    int[] order = {3, 0, 6, 1, 7, 2, 5, 4};
    Llama2cFormat format = new Llama2cFormat();
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(
          store,
          checkpoint,
          reader,
          Map.of(norm.name(), new Move(norm, new int[][] {order})),
          "/out.bin");
    }
    byte[] expected = before.clone();
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(
          before, (int) norm.offset() + 4 * order[i], expected, (int) norm.offset() + 4 * i, 4);
    }
    assertThat(store.bytes("/out.bin")).isEqualTo(expected);
  }

  @Test
  void holdsTheSameNumbersAsTheHuggingFaceFiles() throws IOException {
    HadoopStore local = new HadoopStore();
    Checkpoint binary =
        Checkpoints.open(
            local, SharedModels.path("models/llama-stories/stories260K.bin").toString());
    Checkpoint folder =
        Checkpoints.open(local, SharedModels.path("models/llama-stories/hf").toString());
    try (TensorReader ours = Checkpoints.format(binary.format()).reader(local, binary);
        TensorReader theirs = Checkpoints.format(folder.format()).reader(local, folder)) {
      Map<String, String> names =
          Map.of(
              "layers.2.feed_forward.w1.weight", "model.layers.2.mlp.gate_proj.weight",
              "layers.4.feed_forward.w2.weight", "model.layers.4.mlp.down_proj.weight",
              "layers.3.feed_forward.w3.weight", "model.layers.3.mlp.up_proj.weight",
              "layers.1.attention.wv.weight", "model.layers.1.self_attn.v_proj.weight",
              "layers.0.attention.wo.weight", "model.layers.0.self_attn.o_proj.weight",
              "tok_embeddings.weight", "model.embed_tokens.weight",
              "norm.weight", "model.norm.weight");
      for (Map.Entry<String, String> pair : names.entrySet()) {
        assertThat(ours.readAll(binary.tensor(pair.getKey()).orElseThrow()))
            .as(pair.getKey())
            .isEqualTo(theirs.readAll(folder.tensor(pair.getValue()).orElseThrow()));
      }
    }
  }
}
