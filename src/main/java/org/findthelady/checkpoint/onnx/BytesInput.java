package org.findthelady.checkpoint.onnx;

import java.io.EOFException;
import org.findthelady.checkpoint.SeekableInput;

/** A model in memory, read like a file. */
final class BytesInput implements SeekableInput {
  private final String location;
  private final byte[] bytes;

  BytesInput(String location, byte[] bytes) {
    this.location = location;
    this.bytes = bytes;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) throws EOFException {
    if (position + count > bytes.length) {
      throw new EOFException(
          "%s: %d bytes at %d of %d".formatted(location, count, position, bytes.length));
    }
    System.arraycopy(bytes, (int) position, target, offset, count);
  }

  @Override
  public void close() {}
}
