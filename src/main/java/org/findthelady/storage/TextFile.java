package org.findthelady.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.RangeStream;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;

/** Files of text: small ones read whole, others line by line. */
public final class TextFile {
  private static final int LARGEST_TEXT = 256 << 20;
  private static final int BUFFER = 1 << 16;

  private TextFile() {}

  /** The text of a small file. */
  public static String read(Store store, String path) throws IOException {
    FileInfo file = file(store, path);
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

  /**
   * The lines of a file of any size, unpacked if its name ends with {@code .gz}.
   *
   * @param each receives a line without its end; what it throws ends the reading
   * @throws java.io.EOFException if a packed file was cut
   */
  public static void lines(Store store, String path, LineReceiver each) throws IOException {
    try (SeekableInput input = store.open(file(store, path));
        InputStream bytes = new RangeStream(input, 0, input.length());
        InputStream text = path.endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        each.accept(line);
      }
    }
  }

  /** Receives lines. */
  @FunctionalInterface
  public interface LineReceiver {
    void accept(String line) throws IOException;
  }

  private static FileInfo file(Store store, String path) throws IOException {
    return store
        .stat(path)
        .filter(f -> !f.folder())
        .orElseThrow(() -> new UserException(path + ": no such file"));
  }
}
