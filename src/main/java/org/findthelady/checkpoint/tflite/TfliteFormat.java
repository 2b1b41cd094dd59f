package org.findthelady.checkpoint.tflite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedFormat;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * TensorFlow Lite models: read and written back with only the bytes of constant tensors, their
 * scales and zero points moved. {@link org.findthelady.checkpoint.Quantisation} turns their
 * integers into real numbers.
 */
public final class TfliteFormat implements PackedFormat {
  static final String NAME = "tflite";

  /** Files up to here are held in memory while their tables are read. */
  static final long LARGEST_FILE_BYTES = 1L << 30;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder()
        && head.length >= 8
        && head[4] == 'T'
        && head[5] == 'F'
        && head[6] == 'L'
        && head[7] == '3';
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    if (location.length() > LARGEST_FILE_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes, TensorFlow Lite files are read up to %d"
              .formatted(location.path(), location.length(), LARGEST_FILE_BYTES));
    }
    byte[] bytes = new byte[(int) location.length()];
    try (SeekableInput input = store.open(location)) {
      input.readFully(0, bytes, 0, bytes.length);
    }
    try {
      TfliteModel model =
          new TfliteModel(FlatTable.root(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
      model.read();
      return new Checkpoint(
          location,
          NAME,
          List.of(location),
          model.tensors(),
          Map.of(),
          model.notes(),
          model.encoding());
    } catch (CheckpointException e) {
      throw new CheckpointException(e.reason(), location.path() + ": " + e.getMessage(), e);
    } catch (IndexOutOfBoundsException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: a table points out of the file's %d bytes".formatted(location.path(), bytes.length),
          e);
    }
  }
}
