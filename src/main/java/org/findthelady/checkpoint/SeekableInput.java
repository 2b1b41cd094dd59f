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

  /**
   * Says that these ranges of {@code count} bytes are read next and nothing beside them. They may
   * be fetched at once; a storage that fetches more than it is asked for then does not.
   *
   * @param positions ascending
   */
  default void expect(long[] positions, long count) {}

  /** So many bytes between two wanted ranges are cheaper to read and drop than a second request. */
  default int gapBytes() {
    return 16 << 10;
  }
}
