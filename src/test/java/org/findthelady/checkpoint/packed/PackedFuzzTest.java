package org.findthelady.checkpoint.packed;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.ParserFuzz;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/** Damaged packed weights are read and written, or refused with a reason. */
class PackedFuzzTest {
  private static final String PATH = "/in/model.safetensors";

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(FuzzedDataProvider data) throws IOException {
    MemoryStore store = new MemoryStore();
    byte[] config = HostilePacked.config(data);
    if (config.length > 0) {
      store.put("/in/config.json", config);
    }
    byte[] bytes = HostilePacked.file(data);
    store.put(PATH, bytes);
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoints.open(store, PATH);
    } catch (CheckpointException e) {
      if (e.getCause() instanceof RuntimeException cause
          && !(cause instanceof ArithmeticException overflow
              && overflow.getMessage().contains("overflow"))) {
        throw cause;
      }
      return;
    }
    ParserFuzz.check(Checkpoints.format(checkpoint.format()), PATH, bytes);
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (PackedWeight weight : checkpoint.packing().weights()) {
        levels(weight, reader);
        moves(checkpoint, weight);
      }
    } catch (CheckpointException e) {
      // A reason is an answer.
    }
  }

  private static void levels(PackedWeight weight, TensorReader reader) throws IOException {
    Optional<Levels> levels = weight.levels(reader);
    int count = (int) Math.min(weight.shown().shape().elements(), 1 << 14);
    if (levels.isPresent() && count > 0) {
      levels.get().read(0, count, new float[count], new float[count]);
    }
  }

  private static void moves(Checkpoint checkpoint, PackedWeight weight) {
    TensorInfo shown = weight.shown();
    for (int axis = 0; axis < shown.shape().rank(); axis++) {
      if (shown.shape().length(axis) <= 1 << 14) {
        int[][] gathers = new int[shown.shape().rank()][];
        gathers[axis] = PackedWeightsTest.reversed(shown.shape().intLength(axis));
        try {
          checkpoint.packing().check(Map.of(shown.name(), new Move(shown, gathers)));
        } catch (CheckpointException e) {
          // A reason is an answer.
        }
      }
    }
  }
}
