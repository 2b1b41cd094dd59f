package org.findthelady.perturb;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/** Every value of every selected floating-point tensor, in pieces of a megabyte. */
final class FloatStream {
  private static final int PIECE = 1 << 18;

  interface Visitor {
    void accept(float value);
  }

  private FloatStream() {}

  static void over(
      Checkpoint checkpoint, TensorReader bytes, LayerSelection layers, Visitor visitor)
      throws IOException {
    float[] values = new float[PIECE];
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (!tensor.dtype().floating() || !layers.selects(tensor.name(), tensor.shape())) {
        continue;
      }
      int width = tensor.dtype().blockBytes();
      ByteBuffer piece = ByteBuffer.allocate(PIECE * width);
      for (long at = 0; at < tensor.length(); at += piece.capacity()) {
        piece.clear().limit((int) Math.min(piece.capacity(), tensor.length() - at));
        bytes.read(tensor, at, piece);
        piece.flip();
        int count = piece.remaining() / width;
        Floats.decode(tensor.dtype(), piece, values, 0, count);
        for (int i = 0; i < count; i++) {
          visitor.accept(values[i]);
        }
      }
    }
  }
}
