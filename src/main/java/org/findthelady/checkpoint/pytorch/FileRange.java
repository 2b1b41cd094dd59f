package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.io.OutputStream;
import org.findthelady.checkpoint.SeekableInput;

/** Bytes that are copied as they are. */
final class FileRange {
  private static final int PART_BYTES = 1 << 20;

  private FileRange() {}

  /** Copies the bytes {@code from .. to} of the file. */
  static void copy(SeekableInput file, long from, long to, OutputStream out) throws IOException {
    byte[] part = new byte[(int) Math.min(PART_BYTES, to - from)];
    for (long at = from; at < to; at += part.length) {
      int count = (int) Math.min(part.length, to - at);
      file.readFully(at, part, 0, count);
      out.write(part, 0, count);
    }
  }
}
