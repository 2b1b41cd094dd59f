package org.findthelady.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.TensorInfo;

/** Reads tensors that lie in their files as they are: packed, row-major, little-endian. */
public final class PackedReader implements TensorReader {
  private final Store store;
  private final List<FileInfo> files;
  private final Map<Integer, SeekableInput> open = new HashMap<>();
  private byte[] copy = new byte[0];

  /**
   * @param checkpoint whose tensors' offsets are those of their packed bytes
   */
  public PackedReader(Store store, Checkpoint checkpoint) {
    this.store = store;
    this.files = checkpoint.files();
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    int count = target.remaining();
    if (firstByte < 0 || firstByte > tensor.length() - count) {
      throw new IllegalArgumentException(
          "Tensor '%s' has %d bytes, %d at %d were asked for"
              .formatted(tensor.name(), tensor.length(), count, firstByte));
    }
    SeekableInput input = input(tensor.file());
    if (target.hasArray()) {
      input.readFully(
          tensor.offset() + firstByte,
          target.array(),
          target.arrayOffset() + target.position(),
          count);
      target.position(target.limit());
      return;
    }
    if (copy.length < Math.min(count, 1 << 20)) {
      copy = new byte[Math.min(count, 1 << 20)];
    }
    for (int done = 0; done < count; done += copy.length) {
      int part = Math.min(copy.length, count - done);
      input.readFully(tensor.offset() + firstByte + done, copy, 0, part);
      target.put(copy, 0, part);
    }
  }

  @Override
  public void expect(TensorInfo tensor, long[] firstBytes, long count) throws IOException {
    long[] positions = Arrays.stream(firstBytes).map(first -> tensor.offset() + first).toArray();
    input(tensor.file()).expect(positions, count);
  }

  @Override
  public int gapBytes() {
    return open.isEmpty()
        ? TensorReader.super.gapBytes()
        : open.values().iterator().next().gapBytes();
  }

  private SeekableInput input(int file) throws IOException {
    SeekableInput input = open.get(file);
    if (input == null) {
      input = store.open(files.get(file));
      open.put(file, input);
    }
    return input;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SeekableInput input : new ArrayList<>(open.values())) {
      try {
        input.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    open.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
