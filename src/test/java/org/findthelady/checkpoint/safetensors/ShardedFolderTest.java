package org.findthelady.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.junit.jupiter.api.Test;

class ShardedFolderTest {
  private static byte[] shard(String tensor) {
    return RawSafetensors.bytes(
        "{" + RawSafetensors.entry(tensor, "U8", "[2]", 0, 2) + "}", (byte) 1, (byte) 2);
  }

  private static MemoryStore folder(String stem) {
    MemoryStore store = new MemoryStore();
    store.put("/in/one.safetensors", shard("a"));
    store.put("/in/two.safetensors", shard("b"));
    String index = "{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}";
    store.put("/in/" + stem + ".safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
    return store;
  }

  @Test
  void anIndexMayHaveTheNameOfAnotherLibrary() {
    for (String stem : new String[] {"model", "diffusion_pytorch_model", "model.fp16"}) {
      Checkpoint checkpoint = Checkpoints.open(folder(stem), "/in");
      assertThat(checkpoint.tensors()).as(stem).hasSize(2);
    }
  }

  @Test
  void aSingleFileBesideItsShardsIsRefused() {
    MemoryStore store = folder("model");
    store.put("/in/model.safetensors", shard("a"));
    assertThatThrownBy(() -> Checkpoints.open(store, "/in"))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE))
        .hasMessageContaining("'model.safetensors' lies beside the shards");
  }
}
