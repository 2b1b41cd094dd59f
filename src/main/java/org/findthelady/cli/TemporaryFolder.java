package org.findthelady.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where this process keeps temporary files. Native libraries of Parquet, BLAS and ONNX Runtime are
 * unpacked there and must be allowed to run.
 */
final class TemporaryFolder {
  private static final String PROPERTY = "java.io.tmpdir";

  /** No run takes as long; what is older was left by a process that was killed. */
  private static final Duration LONGEST_RUN = Duration.ofDays(7);

  /** Names that only temporary files of ours have: users call their own folders ftl-demo. */
  private static final String OURS = "ftl-{blas*,warm-up*,*.parquet}";

  private TemporaryFolder() {}

  /**
   * Takes a folder of the user's home where the system's temporary folder lets nothing run, and
   * removes what killed processes left. To be called before anything is unpacked.
   */
  static void prepare() {
    try {
      Path folder = Path.of(System.getProperty(PROPERTY)).toRealPath();
      List<String> mounts = mounts();
      if (forbidsRunning(folder, mounts)) {
        Path own = Path.of(System.getProperty("user.home"), ".cache", "ftl", "tmp");
        if (!forbidsRunning(own, mounts)) {
          folder = Files.createDirectories(own);
          System.setProperty(PROPERTY, folder.toString());
        }
      }
      clean(folder, Instant.now().minus(LONGEST_RUN));
    } catch (IOException nothingToPrepare) {
      // Whoever needs the folder says what is wrong with it.
    }
  }

  private static List<String> mounts() throws IOException {
    Path mounts = Path.of("/proc/self/mounts");
    return Files.isReadable(mounts) ? Files.readAllLines(mounts) : List.of();
  }

  /**
   * Whether the file system of a folder is mounted {@code noexec}.
   *
   * @param mounts lines of {@code /proc/self/mounts}: device, place, type, options
   */
  static boolean forbidsRunning(Path folder, List<String> mounts) {
    return mounts.stream()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 3)
        .filter(fields -> folder.startsWith(fields[1].replace("\\040", " ")))
        // The longest place wins; of equal ones the last, which lies over the others.
        .reduce((a, b) -> a[1].length() > b[1].length() ? a : b)
        .map(fields -> List.of(fields[3].split(",")).contains("noexec"))
        .orElse(false);
  }

  /** Deletes what we make there ourselves and was not changed since {@code before}. */
  static void clean(Path folder, Instant before) throws IOException {
    try (DirectoryStream<Path> ours = Files.newDirectoryStream(folder, OURS)) {
      for (Path path : ours) {
        try {
          if (Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
            delete(path);
          }
        } catch (IOException | UncheckedIOException isOthers) {
          // Another user's, or another process deletes it just now.
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
