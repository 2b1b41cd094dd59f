package org.findthelady.structure.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Where the numbers of a graph's weights come from. */
public interface GraphWeights {
  /** The tensor of that name as packed little-endian elements in a direct buffer of its own. */
  ByteBuffer read(TensorInfo tensor) throws IOException;

  /** The weights that a checkpoint stores. */
  static GraphWeights of(Checkpoint checkpoint, TensorReader reader) {
    return tensor -> {
      ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(tensor.length()));
      reader.read(checkpoint.tensor(tensor.name()).orElseThrow(), 0, bytes);
      return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    };
  }
}
