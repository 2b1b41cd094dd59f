package org.findthelady.checkpoint;

import java.io.Closeable;
import java.io.IOException;

/** One file, read by ranges. Not thread-safe. */
public interface SeekableInput extends Closeable {
  /** Where the bytes come from, for messages. */
  String location();

  /** Length of the file in bytes. */
  long length();

  /**
   * Fills {@code target[offset .. offset + count]} from the file's bytes at {@code position}.
   *
   * @throws java.io.EOFException if the file ends before
   */
  void readFully(long position, byte[] target, int offset, int count) throws IOException;

  /** So many bytes between two wanted ranges are cheaper to read and drop than a second request. */
  default int gapBytes() {
    return 16 << 10;
  }
}
