package org.findthelady.checkpoint.onnx;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.ParserFuzz;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;

class OnnxFuzzTest {
  private static final long MOST_BYTES = 1 << 20;

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) throws IOException {
    ParserFuzz.check(new OnnxFormat(), "/in/model.onnx", bytes);
    assertCopiedVerbatim(bytes);
  }

  /** What can be read comes out of writing without moves as it was. */
  private static void assertCopiedVerbatim(byte[] bytes) throws IOException {
    OnnxFormat format = new OnnxFormat();
    MemoryStore store = new MemoryStore();
    try {
      Checkpoint checkpoint = format.read(store, store.put("/in/model.onnx", bytes));
      if (checkpoint.tensorBytes() > MOST_BYTES) {
        return;
      }
      try (TensorReader reader = format.reader(store, checkpoint)) {
        format.write(store, checkpoint, reader, Map.of(), "/out/model.onnx");
      }
    } catch (CheckpointException e) {
      return; // A reason is an answer.
    }
    if (!Arrays.equals(store.bytes("/out/model.onnx"), bytes)) {
      throw new AssertionError("the copy differs");
    }
  }
}
