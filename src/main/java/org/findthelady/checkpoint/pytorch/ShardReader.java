package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Reads each tensor with the reader of the shard that holds it. */
final class ShardReader implements TensorReader {
  private final List<TensorReader> shards;

  /**
   * @param shards one for each file; they know their tensors as those of file 0
   */
  ShardReader(List<TensorReader> shards) {
    this.shards = List.copyOf(shards);
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    TensorInfo own =
        new TensorInfo(
            tensor.name(), tensor.dtype(), tensor.shape(), 0, tensor.offset(), tensor.length());
    shards.get(tensor.file()).read(own, firstByte, target);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (TensorReader shard : shards) {
      try {
        shard.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
