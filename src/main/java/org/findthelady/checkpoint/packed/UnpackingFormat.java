package org.findthelady.checkpoint.packed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.PartMove.Repacking;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/**
 * A format that shows packed weights as what they stand for, and writes them back packed, bit for
 * bit, with their scales.
 */
final class UnpackingFormat implements CheckpointFormat {
  private static final int COPY_BYTES = 1 << 20;

  private final CheckpointFormat format;

  /**
   * @param format reads and writes the stored tensors
   */
  UnpackingFormat(CheckpointFormat format) {
    this.format = format;
  }

  @Override
  public String name() {
    return format.name();
  }

  @Override
  public String writtenAs() {
    return format.writtenAs();
  }

  @Override
  public boolean keepsOffsets() {
    return format.keepsOffsets();
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) throws IOException {
    return format.recognises(store, location, head);
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    Checkpoint stored = format.read(store, location);
    try {
      return Unpacking.of(store, format, stored);
    } catch (CheckpointException e) {
      throw stored.located(e);
    }
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    TensorReader stored = format.reader(store, checkpoint.stored());
    return checkpoint.packing().isNone()
        ? stored
        : new UnpackedReader(stored, checkpoint.packing(), checkpoint.stored()::located);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    if (checkpoint.packing().isNone()) {
      format.write(store, checkpoint, bytes, moves, target);
      return;
    }
    Checkpoint stored = checkpoint.stored();
    Map<String, TensorInfo> tensors = stored.byName();
    Map<String, Move> plain = new HashMap<>();
    Map<String, Repacking> repackings = new HashMap<>();
    checkpoint
        .packing()
        .storedMoves(moves)
        .forEach(
            (name, part) -> {
              TensorMover.check(part.move());
              TensorInfo tensor = tensors.get(name);
              if (part.repacking() != null) {
                repackings.put(name, part.repacking());
              } else if (part.move().source().shape().equals(tensor.shape())) {
                plain.put(name, part.move());
              } else {
                repackings.put(
                    name,
                    (reader, made) ->
                        System.arraycopy(moved(reader, part, tensor), 0, made, 0, made.length));
              }
            });
    format.write(store, stored, new RepackedReader(bytes, repackings), plain, target);
  }

  /** All bytes of a tensor that moves in another shape than its own. */
  private static byte[] moved(TensorReader reader, PartMove part, TensorInfo tensor)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(tensor.length()));
    TensorReader unshaped =
        new TensorReader() {
          @Override
          public void read(TensorInfo source, long firstByte, ByteBuffer target)
              throws IOException {
            reader.read(storedAs(source, tensor), firstByte, target);
          }

          @Override
          public void close() {}
        };
    TensorMover.writeTo(out, unshaped, part.move(), COPY_BYTES);
    return out.toByteArray();
  }

  /** The source under the type and shape that it is stored in, which are the tensor's. */
  private static TensorInfo storedAs(TensorInfo source, TensorInfo tensor) {
    return new TensorInfo(
        source.name(),
        tensor.dtype(),
        tensor.shape(),
        source.file(),
        source.offset(),
        source.length());
  }
}
