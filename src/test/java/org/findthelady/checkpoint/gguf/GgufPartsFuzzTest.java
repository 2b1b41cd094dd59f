package org.findthelady.checkpoint.gguf;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/** Parts that say other things than their names, lack tensors or are cut: read, or refused. */
class GgufPartsFuzzTest {
  private static final int[] TYPES = {0, 1, 2, 8, 12, 14, 16, 20, 30, 39, 40, 99};

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(FuzzedDataProvider data) throws IOException {
    MemoryStore store = new MemoryStore();
    int parts = data.consumeInt(1, 3);
    for (int number = 1; number <= parts; number++) {
      String name = "/in/m-%05d-of-%05d.gguf".formatted(number, data.consumeInt(parts, parts + 1));
      store.put(name, part(data, number - 1, parts));
    }
    String first = store.list("/in").get(0).path();
    for (String path : new String[] {"/in", first}) {
      try {
        Checkpoint checkpoint = Checkpoints.open(store, path);
        try (TensorReader reader =
            Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
          for (TensorInfo tensor : checkpoint.tensors()) {
            reader.readAll(tensor);
          }
        }
      } catch (CheckpointException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
      }
    }
  }

  private static byte[] part(FuzzedDataProvider data, int number, int parts) {
    int tensors = data.consumeInt(0, 2);
    boolean big = data.consumeInt(0, 9) == 0;
    GgufBytes file = big ? GgufBytes.bigEndian(3, tensors, 3) : GgufBytes.file(3, tensors, 3);
    file.u16Value("split.no", data.consumeInt(0, 9) == 0 ? data.consumeInt() : number);
    file.u16Value("split.count", data.consumeInt(0, 9) == 0 ? data.consumeInt() : parts);
    file.i32Value("split.tensors.count", data.consumeInt(0, 6));
    int offset = 0;
    for (int i = 0; i < tensors; i++) {
      String name = "w" + data.consumeInt(0, 6);
      long columns = data.consumeInt(0, 9) == 0 ? data.consumeLong() : 256;
      file.tensor(name, data.pickValue(TYPES), offset, columns, data.consumeInt(0, 2));
      offset += data.consumeInt(0, 9) == 0 ? data.consumeInt() : 2048;
    }
    return file.align(32).bytes(new byte[data.consumeInt(0, 4096)]).done();
  }
}
