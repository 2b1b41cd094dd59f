package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import org.findthelady.checkpoint.SeekableInput;

/** A file of which one range was read at once and is kept. */
final class PreloadedRange implements SeekableInput {
  private final SeekableInput file;
  private final long start;
  private final byte[] bytes;

  /**
   * Reads the range {@code start .. start + count} of {@code file}, which stays the caller's to
   * close.
   */
  PreloadedRange(SeekableInput file, long start, int count) throws IOException {
    this.file = file;
    this.start = start;
    this.bytes = new byte[count];
    file.readFully(start, bytes, 0, count);
  }

  @Override
  public String location() {
    return file.location();
  }

  @Override
  public long length() {
    return file.length();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) throws IOException {
    if (position >= start && position + count <= start + bytes.length) {
      System.arraycopy(bytes, (int) (position - start), target, offset, count);
    } else {
      file.readFully(position, target, offset, count);
    }
  }

  @Override
  public void close() {}
}
