package org.findthelady.checkpoint.onnx;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Where external data may lie: beside the model or below it, nowhere else. */
final class ExternalData {
  /** A pointer of Git LFS is shorter (its specification, version 1). */
  private static final int LARGEST_POINTER = 1024;

  private ExternalData() {}

  /** The folder of a file, with its slash; empty for a bare name. */
  static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  /**
   * The file of a location.
   *
   * @throws CheckpointException if the location leads elsewhere or nothing is there
   */
  static FileInfo file(Store store, FileInfo model, String location, String where)
      throws IOException {
    for (String segment : location.split("/", -1)) {
      boolean unsafe =
          segment.isEmpty()
              || segment.equals(".")
              || segment.equals("..")
              || segment.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':' || c == '%');
      if (unsafe) {
        throw new CheckpointException(
            Reason.UNSAFE, where + ": external location '" + location + "' leads elsewhere");
      }
    }
    String path = folder(model.path()) + location;
    Optional<FileInfo> file = store.stat(path);
    if (file.isEmpty() || file.get().folder()) {
      throw new CheckpointException(Reason.MISSING, where + ": no external data at " + path);
    }
    if (file.get().path().equals(model.path())) {
      throw new CheckpointException(
          Reason.UNSAFE, where + ": external data in the model file itself");
    }
    Optional<String> pointer =
        file.get().length() <= LARGEST_POINTER
            ? Checkpoints.inPlaceOf(store, file.get())
            : Optional.empty();
    if (pointer.isPresent()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED, "%s: %s is %s".formatted(where, path, pointer.get()));
    }
    return file.get();
  }
}
