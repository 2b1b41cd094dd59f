package org.findthelady.checkpoint.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.core.CheckpointException;

/** An index of shards beside two sound ones: nothing but its own folder is read. */
class ShardIndexFuzzTest {
  private static final String HEADER =
      "{\"%s\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] index) throws IOException {
    MemoryStore store = new MemoryStore();
    store.put("/in/a", shard("a"));
    store.put("/in/b", shard("b"));
    store.put("/a", shard("a"));
    store.put("/in/model.safetensors.index.json", index);
    try {
      new SafetensorsFormat().read(store, store.stat("/in").orElseThrow());
    } catch (CheckpointException e) {
      // A reason is an answer.
    }
    for (String opened : store.opened()) {
      if (!opened.startsWith("/in/") || opened.contains("..")) {
        throw new AssertionError("read from " + opened);
      }
    }
  }

  private static byte[] shard(String tensor) {
    String header = HEADER.formatted(tensor);
    byte[] bytes = new byte[8 + header.length() + 2];
    bytes[0] = (byte) header.length();
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, bytes, 8, text.length);
    return bytes;
  }
}
