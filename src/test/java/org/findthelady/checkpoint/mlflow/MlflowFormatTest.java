package org.findthelady.checkpoint.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MlflowFormatTest {
  private final MemoryStore store = new MemoryStore();

  @BeforeEach
  void logModel() {
    put("/run/model/MLmodel", "flavors:\n  python_function: !!python/object/apply:os.system []\n");
    put("/run/model/requirements.txt", "torch");
  }

  private void put(String path, String text) {
    store.put(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private void putWeights(String path) {
    byte[] json =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}"
            .getBytes(StandardCharsets.UTF_8);
    store.put(
        path,
        ByteBuffer.allocate(11 + json.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(new byte[] {7, 8, 9})
            .array());
  }

  private void rewrite() throws IOException {
    Checkpoint checkpoint = Checkpoints.open(store, "/run/model");
    assertThat(checkpoint.format()).isEqualTo("mlflow");
    TensorInfo a = checkpoint.tensor("a").orElseThrow();
    CheckpointFormat format = Checkpoints.format("mlflow");
    try (TensorReader reader = format.reader(store, checkpoint)) {
      assertThat(reader.readAll(a)).containsExactly(7, 8, 9);
      format.write(
          store, checkpoint, reader, Map.of("a", new Move(a, new int[][] {{2, 0, 1}})), "/out");
    }
    Checkpoint written = Checkpoints.open(store, "/out");
    try (TensorReader reader = format.reader(store, written)) {
      assertThat(reader.readAll(written.tensor("a").orElseThrow())).containsExactly(9, 7, 8);
    }
  }

  @Test
  void readsAndRewritesAHuggingFaceFolderInside() throws IOException {
    putWeights("/run/model/model/model.safetensors");
    put("/run/model/model/config.json", "{}");
    rewrite();
    assertThat(store.bytes("/out/MLmodel")).isEqualTo(store.bytes("/run/model/MLmodel"));
    assertThat(store.bytes("/out/requirements.txt")).isNotNull();
    assertThat(store.bytes("/out/model/config.json")).isNotNull();
  }

  @Test
  void readsAndRewritesAFileInside() throws IOException {
    putWeights("/run/model/data/weights.safetensors");
    put("/run/model/data/save_format.txt", "x");
    rewrite();
    assertThat(store.stat("/out/data/weights.safetensors")).map(FileInfo::length).isPresent();
    assertThat(store.bytes("/out/data/save_format.txt")).isNotNull();
  }

  @Test
  void refusesAFolderWithNoneOrSeveralCheckpoints() {
    assertThatThrownBy(() -> Checkpoints.open(store, "/run/model"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("0 checkpoints");
    putWeights("/run/model/data/one.safetensors");
    putWeights("/run/model/data/two.safetensors");
    assertThatThrownBy(() -> Checkpoints.open(store, "/run/model"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("data/one.safetensors, data/two.safetensors");
  }
}
