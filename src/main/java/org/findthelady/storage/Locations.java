package org.findthelady.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;

/** Paths as users write them, and small text files read from them. */
public final class Locations {
  private static final int LARGEST_TEXT = 256 << 20;

  private Locations() {}

  /** The text of a small file. */
  public static String text(Store store, String path) throws IOException {
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

  /** {@code path} as it is if absolute or with a scheme, else below {@code folder}. */
  public static String resolve(String folder, String path) {
    return path.startsWith("/") || path.matches("[a-z][a-z0-9+.-]*:.*")
        ? path
        : folder + "/" + path;
  }

  /**
   * A local path from the working folder on as an absolute one, so that executors mean the same.
   */
  public static String absolute(String path) {
    return hasScheme(path) ? path : Path.of(path).toAbsolutePath().normalize().toString();
  }

  private static boolean hasScheme(String path) {
    return path.matches("[a-z][a-z0-9+.-]*:.*");
  }

  /** The folder of a path. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  }
}
