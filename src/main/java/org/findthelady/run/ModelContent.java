package org.findthelady.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.Location;
import org.findthelady.fleet.Suspect;

/** All files that the judgement on a model may depend on. */
final class ModelContent {
  private static final int DEEPEST = 8;
  private static final int MOST_FILES = 10_000;
  private static final long LARGE_BYTES = 4L << 30;

  private ModelContent() {}

  /**
   * The files of a folder and of those below it; of a file, that and what it names: shards, weights
   * that an ONNX file keeps outside, the configuration beside it.
   *
   * @param listed the file, or what lies in the folder; null to look
   * @return empty if there is nothing or it cannot be told
   */
  static Optional<List<FileInfo>> files(Store store, String path, List<FileInfo> listed) {
    try {
      List<FileInfo> found = listed == null ? Suspect.files(store, path) : listed;
      if (found.isEmpty()) {
        return Optional.empty();
      }
      List<FileInfo> files = new ArrayList<>();
      FileInfo location = found.get(0);
      boolean folder = location.folder() || !location.path().equals(path);
      if (folder && !add(store, found, files, 0)) {
        return Optional.empty();
      }
      if (folder) {
        requireSound(store, path, files);
        return Optional.of(files);
      }
      files.add(location);
      requireSound(store, path, files);
      if (mayNameOthers(location.name())) {
        Checkpoints.open(store, path).files().stream()
            .filter(file -> !file.equals(location))
            .forEach(files::add);
      }
      String beside = Location.of(path).parent().path() + "/config.json";
      store.stat(beside).filter(file -> !file.folder()).ifPresent(files::add);
      return Optional.of(files);
    } catch (IOException | CheckpointException e) {
      return Optional.empty(); // the audit of the model says what is wrong
    }
  }

  /**
   * Refuses a large model that cannot be opened, or a file of which most is no tensor: to sum up
   * what a lying length makes of it would take hours.
   */
  private static void requireSound(Store store, String path, List<FileInfo> files) {
    if (files.stream().noneMatch(file -> file.length() > LARGE_BYTES)) {
      return;
    }
    long tensors = Checkpoints.open(store, path).tensorBytes();
    if (files.size() == 1 && tensors < files.get(0).length() / 2) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes for %d of tensors".formatted(path, files.get(0).length(), tensors));
    }
  }

  /** A file that names no other. */
  static Optional<List<FileInfo>> file(Store store, String path) {
    try {
      return store.stat(path).filter(file -> !file.folder()).map(List::of);
    } catch (IOException e) {
      return Optional.empty(); // the audit of the model says what is wrong
    }
  }

  private static boolean mayNameOthers(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return small.endsWith(".onnx") || small.endsWith(".json") || small.contains("-of-");
  }

  private static boolean add(Store store, List<FileInfo> found, List<FileInfo> files, int depth)
      throws IOException {
    for (FileInfo child : found) {
      if (!child.folder()) {
        files.add(child);
      } else if (depth == DEEPEST || !add(store, store.list(child.path()), files, depth + 1)) {
        return false;
      }
    }
    return files.size() <= MOST_FILES;
  }
}
