package org.findthelady.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The small text that stands for a file in a Git repository until Git LFS has downloaded it (Git
 * LFS specification, version 1): whoever cloned without it has names and no weights.
 */
final class LfsPointer {
  private static final String BEGIN = "version https://git-lfs.github.com/spec/";
  private static final int LONGEST = 1024;

  private LfsPointer() {}

  /** Whether a file is one. */
  static boolean isOne(Store store, FileInfo file) throws IOException {
    if (file.folder() || file.length() < BEGIN.length() || file.length() > LONGEST) {
      return false;
    }
    byte[] head = new byte[BEGIN.length()];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, head, 0, head.length);
    }
    return new String(head, StandardCharsets.US_ASCII).equals(BEGIN);
  }
}
