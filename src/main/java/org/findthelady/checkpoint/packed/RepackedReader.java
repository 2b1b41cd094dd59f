package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.findthelady.checkpoint.PartMove.Repacking;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Reads some tensors with new bytes, of which the last one is held; all others as they are. */
final class RepackedReader implements TensorReader {
  private final TensorReader stored;
  private final Map<String, Repacking> repackings;
  private String name;
  private byte[] bytes;

  /**
   * @param repackings by tensor name
   */
  RepackedReader(TensorReader stored, Map<String, Repacking> repackings) {
    this.stored = stored;
    this.repackings = repackings;
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    Repacking repacking = repackings.get(tensor.name());
    if (repacking == null) {
      stored.read(tensor, firstByte, target);
      return;
    }
    if (!tensor.name().equals(name)) {
      byte[] made = stored.readAll(tensor);
      repacking.fill(stored, made);
      bytes = made;
      name = tensor.name();
    }
    target.put(bytes, Math.toIntExact(firstByte), target.remaining());
  }

  @Override
  public int gapBytes() {
    return stored.gapBytes();
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
