package org.findthelady.checkpoint.pytorch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.ParserFuzz;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;

class ArchiveFuzzTest {
  private static final long MOST_BYTES = 1 << 20;

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) throws IOException {
    ParserFuzz.check(new ArchiveFormat(), "/in/model.pt", bytes);
    assertCopiedVerbatim(bytes);
  }

  /** What can be read comes out of writing without moves as it was. */
  static void assertCopiedVerbatim(byte[] archive) throws IOException {
    ArchiveFormat format = new ArchiveFormat();
    MemoryStore store = new MemoryStore();
    try {
      Checkpoint checkpoint = format.read(store, store.put("/in.pt", archive));
      if (checkpoint.tensorBytes() > MOST_BYTES) {
        return;
      }
      try (TensorReader reader = format.reader(store, checkpoint)) {
        format.write(store, checkpoint, reader, Map.of(), "/out.pt");
      }
    } catch (CheckpointException e) {
      return; // A reason is an answer.
    }
    if (!Arrays.equals(store.bytes("/out.pt"), archive)) {
      throw new AssertionError("the copy differs");
    }
  }
}
