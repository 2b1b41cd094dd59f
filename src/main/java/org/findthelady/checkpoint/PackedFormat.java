package org.findthelady.checkpoint;

import java.io.IOException;
import java.util.Map;

/**
 * A format of one file in which every tensor is one plain range of bytes: written back with nothing
 * but the elements that move changed.
 */
public interface PackedFormat extends CheckpointFormat {
  @Override
  default String writtenAs() {
    return name();
  }

  @Override
  default boolean keepsOffsets() {
    return true;
  }

  @Override
  default TensorReader reader(Store store, Checkpoint checkpoint) {
    return new PackedReader(store, checkpoint);
  }

  @Override
  default void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    VerbatimCopy.write(
        store, checkpoint.files().get(0), checkpoint.tensors(), bytes, moves, target);
  }
}
