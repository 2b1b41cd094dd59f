package org.findthelady.checkpoint.pytorch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/**
 * Reads tensors of a PyTorch file. Packed little-endian tensors are read as plain ranges; only
 * where the checkpoint holds others are its headers read again, for their strides.
 */
final class TorchReader implements TensorReader {
  /** Reads the headers of an open file. */
  interface Headers {
    TensorTable read(SeekableInput file) throws IOException;
  }

  private final Store store;
  private final FileInfo info;
  private final boolean packed;
  private final Headers headers;
  private SeekableInput file;
  private Map<String, PlacedTensor> placed;
  private StridedReader strided;

  TorchReader(Store store, Checkpoint checkpoint, Headers headers) {
    this.store = store;
    this.info = checkpoint.location();
    this.packed = TensorTable.PACKED.equals(checkpoint.attributes().get(TensorTable.LAYOUT));
    this.headers = headers;
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
    PlacedTensor place = packed ? null : placed.get(tensor.name());
    if (!packed && place == null) {
      throw new IllegalArgumentException(
          "no tensor '%s' in %s".formatted(tensor.name(), info.path()));
    }
    if (packed || place.direct()) {
      plain(tensor.offset() + firstByte, target);
    } else {
      strided.read(place, firstByte, target);
    }
  }

  private void plain(long position, ByteBuffer target) throws IOException {
    int count = target.remaining();
    if (target.hasArray()) {
      file.readFully(position, target.array(), target.arrayOffset() + target.position(), count);
      target.position(target.limit());
      return;
    }
    byte[] part = new byte[Math.min(count, 1 << 16)];
    for (int done = 0; done < count; ) {
      int length = Math.min(part.length, count - done);
      file.readFully(position + done, part, 0, length);
      target.put(part, 0, length);
      done += length;
    }
  }

  private void open() throws IOException {
    if (file == null) {
      file = store.open(info);
    }
    if (!packed && placed == null) {
      placed = headers.read(file).byName();
      strided = new StridedReader(file);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
