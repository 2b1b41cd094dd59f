package org.findthelady.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;

/** Small files of text, read whole. */
public final class TextFile {
  private static final int LARGEST_TEXT = 256 << 20;

  private TextFile() {}

  /** The text of a small file. */
  public static String read(Store store, String path) throws IOException {
    FileInfo file =
        store
            .stat(path)
            .filter(f -> !f.folder())
            .orElseThrow(() -> new UserException(path + ": no such file"));
    if (file.length() > LARGEST_TEXT) {
      throw new UserException(
          "%s: %d bytes, more than the %d of a text file"
              .formatted(path, file.length(), LARGEST_TEXT));
    }
    byte[] bytes = new byte[(int) file.length()];
    try (SeekableInput in = store.open(file)) {
      in.readFully(0, bytes, 0, bytes.length);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
