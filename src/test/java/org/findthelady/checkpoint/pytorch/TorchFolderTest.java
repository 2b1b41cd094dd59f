package org.findthelady.checkpoint.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.zip.RawZip;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class TorchFolderTest {
  private static final String INDEX = "/in/pytorch_model.bin.index.json";

  private static byte[] archive(String name, byte[] values) {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, values).dict();
    return fixture.key(name).tensor("0", 0, new long[] {3, 1}, 1, 1).end().archive().bytes();
  }

  private static byte[] values(int first) {
    byte[] values = new byte[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (first + i);
    }
    return values;
  }

  private static MemoryStore shards(String index) {
    MemoryStore store = new MemoryStore();
    store.put("/in/one.bin", archive("a", values(1)));
    store.put("/in/two.bin", archive("b", values(40)));
    store.put("/in/config.json", "{}".getBytes(StandardCharsets.UTF_8));
    store.put(INDEX, index.getBytes(StandardCharsets.UTF_8));
    return store;
  }

  @Test
  void shardsAreOneCheckpoint() throws IOException {
    MemoryStore store = shards("{\"weight_map\":{\"a\":\"one.bin\",\"b\":\"two.bin\"}}");
    Checkpoint checkpoint = Checkpoints.open(store, "/in");
    assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("a", "b");
    try (TensorReader reader = new ArchiveFormat().reader(store, checkpoint)) {
      assertThat(reader.readAll(checkpoint.tensors().get(0))).isEqualTo(values(1));
      assertThat(reader.readAll(checkpoint.tensors().get(1))).isEqualTo(values(40));
    }
  }

  @Test
  void writtenShardsHoldWhatWasMovedAndTheIndex() throws IOException {
    MemoryStore store = shards("{\"weight_map\":{\"a\":\"one.bin\",\"b\":\"two.bin\"}}");
    Checkpoint checkpoint = Checkpoints.open(store, "/in");
    TensorInfo moved = checkpoint.tensors().get(1);
    try (TensorReader reader = new ArchiveFormat().reader(store, checkpoint)) {
      new ArchiveFormat()
          .write(
              store,
              checkpoint,
              reader,
              Map.of("b", new Move(moved, new int[][] {{2, 0, 1}, null})),
              "/out");
    }
    Checkpoint written = Checkpoints.open(store, "/out");
    try (TensorReader reader = new ArchiveFormat().reader(store, written)) {
      byte[] expected = new byte[12];
      System.arraycopy(values(40), 8, expected, 0, 4);
      System.arraycopy(values(40), 0, expected, 4, 8);
      assertThat(reader.readAll(written.tensors().get(0))).isEqualTo(values(1));
      assertThat(reader.readAll(written.tensors().get(1))).isEqualTo(expected);
    }
    assertThat(store.bytes("/out/config.json")).isEqualTo(store.bytes("/in/config.json"));
    assertThat(store.bytes("/out/pytorch_model.bin.index.json")).isEqualTo(store.bytes(INDEX));
  }

  @Test
  void anIndexThatLiesIsRefused() {
    assertThatThrownBy(
            () -> Checkpoints.open(shards("{\"weight_map\":{\"a\":\"two.bin\"}}"), "/in"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor 'a' is not in its shard two.bin");
    assertThatThrownBy(
            () -> Checkpoints.open(shards("{\"weight_map\":{\"a\":\"three.bin\"}}"), "/in"))
        .hasMessageContaining("shard three.bin is not there");
  }

  @Test
  void aSingleFileBesideShardsIsRefused() {
    MemoryStore store = shards("{\"weight_map\":{\"a\":\"one.bin\",\"b\":\"two.bin\"}}");
    store.put("/in/pytorch_model.bin", archive("a", values(7)));
    assertThatThrownBy(() -> Checkpoints.open(store, "/in"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'pytorch_model.bin' lies beside the shards");
  }

  @Test
  void deepSpeedsWeightsAreReadWithoutItsPartitions() {
    MemoryStore store = new MemoryStore();
    store.put("/in/latest", "step7".getBytes(StandardCharsets.UTF_8));
    store.put("/in/step7/mp_rank_00_model_states.pt", archive("a", values(1)));
    store.put("/in/step7/zero_pp_rank_0_mp_rank_00_optim_states.pt", archive("o", values(1)));
    for (String path : Arrays.asList("/in", "/in/step7")) {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("a");
      assertThat(checkpoint.notes()).anyMatch(note -> note.contains("optimizer partitions"));
    }
    store.put("/in/step7/mp_rank_01_model_states.pt", archive("a", values(1)));
    assertThatThrownBy(() -> Checkpoints.open(store, "/in"))
        .hasMessageContaining("several model-parallel ranks");
  }

  /** Its third stage leaves nothing but empty places there. */
  @Test
  void deepSpeedsWeightsThatLieInPartitionsAreNamed() throws IOException {
    MemoryStore store = new MemoryStore();
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", new byte[] {(byte) 0x80, 2, '}', '.'});
    store.put("/in/mp_rank_00_model_states.pt", zip.bytes());
    assertThatThrownBy(() -> Checkpoints.open(store, "/in"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("DeepSpeed's ZeRO", "zero_to_fp32.py");
  }

  @Test
  void aNameThatLeadsOutOfTheFolderIsNotFollowed() {
    MemoryStore store = new MemoryStore();
    store.put("/in/latest", "../other".getBytes(StandardCharsets.UTF_8));
    store.put("/other/mp_rank_00_model_states.pt", archive("a", values(1)));
    assertThatThrownBy(() -> Checkpoints.open(store, "/in"))
        .isInstanceOf(CheckpointException.class);
    assertThat(store.opened()).allMatch(path -> path.startsWith("/in/"));
  }

  @Test
  void partsOfADistributedCheckpointAreNamed() {
    MemoryStore store = new MemoryStore();
    store.put("/in/__0_0.distcp", archive("a", values(1)));
    store.put("/in/.metadata", new byte[] {(byte) 0x80, 2, '.'});
    for (String path : Arrays.asList("/in", "/in/__0_0.distcp")) {
      assertThatThrownBy(() -> Checkpoints.open(store, path))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("distributed checkpoint of PyTorch (FSDP)");
    }
  }
}
