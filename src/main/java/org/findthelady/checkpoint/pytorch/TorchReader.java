package org.findthelady.checkpoint.pytorch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedReader;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/**
 * Reads tensors of a PyTorch file some of which are strided, big-endian or still to be checked. Its
 * headers are read again for that, once, when the first tensor is.
 */
final class TorchReader implements TensorReader {
  /** Reads the headers of an open file. */
  interface Headers {
    TensorTable read(SeekableInput file) throws IOException;
  }

  private final Store store;
  private final FileInfo info;
  private final Headers headers;
  private final PackedReader packed;
  private SeekableInput file;
  private TensorTable table;
  private Map<String, PlacedTensor> placed;
  private StridedReader strided;

  private TorchReader(Store store, Checkpoint checkpoint, Headers headers) {
    this.store = store;
    this.info = checkpoint.location();
    this.headers = headers;
    this.packed = new PackedReader(store, checkpoint);
  }

  /** A reader of plain ranges where every tensor lies packed in the file, else this one. */
  static TensorReader of(Store store, Checkpoint checkpoint, Headers headers) {
    return checkpoint.encoding().layout(TensorTable.ByHeaders.class).isPresent()
        ? new TorchReader(store, checkpoint, headers)
        : new PackedReader(store, checkpoint);
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    if (firstByte < 0 || target.remaining() > tensor.length() - firstByte) {
      throw new EOFException(
          "Tensor '%s' in %s has %d bytes, %d wanted from %d"
              .formatted(
                  tensor.name(), info.path(), tensor.length(), target.remaining(), firstByte));
    }
    open();
    PlacedTensor place = placed.get(tensor.name());
    if (place == null || !place.info().equals(tensor)) {
      throw new IllegalArgumentException(
          "no such tensor '%s' in %s".formatted(tensor.name(), info.path()));
    }
    table.check().before(place);
    if (place.direct()) {
      packed.read(tensor, firstByte, target);
    } else {
      strided.read(place, firstByte, target);
    }
  }

  private void open() throws IOException {
    if (file == null) {
      file = store.open(info);
      table = headers.read(file);
      placed = table.byName();
      strided = new StridedReader(file);
    }
  }

  @Override
  public void close() throws IOException {
    try (packed) {
      if (file != null) {
        file.close();
      }
    }
  }
}
