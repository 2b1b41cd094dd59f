package org.findthelady.checkpoint.keras;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.zip.ZipDirectory;
import org.findthelady.checkpoint.zip.ZipEntry;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The archives of Keras 3: a zip of {@code config.json}, {@code metadata.json} and {@code
 * model.weights.h5}, all stored.
 */
final class KerasArchive {
  private static final String WEIGHTS = "model.weights.h5";
  private static final String CONFIGURATION = "config.json";
  private static final int LARGEST_TEXT_BYTES = 1 << 20;
  private static final int LOCAL_AHEAD_BYTES = 1 << 10;

  private KerasArchive() {}

  /** Where an HDF5 file lies in what holds it. */
  record Range(long start, long length) {}

  static boolean isNamedAsOne(FileInfo location, byte[] head) {
    return isZip(head) && location.name().toLowerCase(Locale.ROOT).endsWith(".keras");
  }

  /** The weights of an archive, or all of a file that is none. */
  static Range weights(SeekableInput input) throws IOException {
    if (!isZip(input)) {
      return new Range(0, input.length());
    }
    return entry(input, WEIGHTS)
        .orElseThrow(
            () ->
                new CheckpointException(
                    Reason.MISSING, "%s: a zip without %s".formatted(input.location(), WEIGHTS)));
  }

  /** The model's configuration in an archive, if it is not too long. */
  static Optional<String> configuration(SeekableInput input) throws IOException {
    if (!isZip(input)) {
      return Optional.empty();
    }
    Range range = entry(input, CONFIGURATION).orElse(null);
    if (range == null || range.length() > LARGEST_TEXT_BYTES) {
      return Optional.empty();
    }
    byte[] text = new byte[(int) range.length()];
    input.readFully(range.start(), text, 0, text.length);
    return Optional.of(new String(text, StandardCharsets.UTF_8));
  }

  private static Optional<Range> entry(SeekableInput input, String name) throws IOException {
    ZipDirectory directory = ZipDirectory.read(input);
    for (ZipEntry entry : directory.entries()) {
      if (entry.name().equals(name)) {
        if (entry.method() != ZipEntry.STORED) {
          throw new CheckpointException(
              Reason.UNSUPPORTED,
              "%s: '%s' is compressed, Keras stores it".formatted(input.location(), name));
        }
        return Optional.of(
            new Range(directory.local(entry, LOCAL_AHEAD_BYTES).data(), entry.size()));
      }
    }
    return Optional.empty();
  }

  private static boolean isZip(SeekableInput input) throws IOException {
    byte[] head = new byte[(int) Math.min(4, input.length())];
    input.readFully(0, head, 0, head.length);
    return isZip(head);
  }

  private static boolean isZip(byte[] head) {
    return head.length >= 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
  }
}
