package org.findthelady.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;

/** The suspects of a job, one line each, with unique ids. */
final class Manifest {
  private static final int LARGEST_TEXT = 256 << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * One suspect.
   *
   * @param id unique, used in reports and output paths
   * @param path file or folder
   * @param reference id of the reference, or null for the nearest of all
   * @param truth truth file, or null
   */
  record Line(String id, String path, String reference, String truth) {}

  private Manifest() {}

  /**
   * Expands the suspects of a job. References that a glob also matches are left out.
   *
   * @param folder the folder that relative paths start from
   * @throws UserException if nothing is left, an id stands twice, or a line cannot be read
   */
  static List<Line> of(JobFile job, String folder, Store store) throws IOException {
    List<Line> lines = new ArrayList<>();
    List<String> references =
        job.references().stream().map(r -> resolve(folder, r.path())).toList();
    for (JobFile.Suspects source : job.suspects()) {
      if (source.glob() != null) {
        List<FileInfo> found = store.glob(resolve(folder, source.glob()));
        String common = commonFolder(found);
        for (FileInfo model : found) {
          if (!references.contains(model.path())) {
            String id = model.path().substring(common.length());
            lines.add(new Line(id, model.path(), source.reference(), null));
          }
        }
      } else if (source.manifest() != null) {
        lines.addAll(read(resolve(folder, source.manifest()), source.reference(), store));
      } else {
        String path = resolve(folder, source.path());
        String id = source.id() == null ? name(path) : source.id();
        lines.add(
            new Line(
                id,
                path,
                source.reference(),
                source.truth() == null ? null : resolve(folder, source.truth())));
      }
    }
    if (lines.isEmpty()) {
      throw new UserException("job " + job.name() + ": no suspect was found");
    }
    Map<String, Line> byId = new LinkedHashMap<>();
    for (Line line : lines) {
      Line earlier = byId.put(line.id(), line);
      if (earlier != null) {
        throw new UserException(
            "job %s: id '%s' stands for both %s and %s"
                .formatted(job.name(), line.id(), earlier.path(), line.path()));
      }
    }
    return List.copyOf(new TreeMap<>(byId).values());
  }

  private static List<Line> read(String path, String reference, Store store) throws IOException {
    List<Line> lines = new ArrayList<>();
    String folder = parent(path);
    int number = 0;
    for (String text : text(store, path).split("\n", -1)) {
      number++;
      String line = text.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Line read;
      if (line.startsWith("{")) {
        try {
          read = JSON.readValue(line, Line.class);
        } catch (JsonProcessingException e) {
          throw new UserException(
              "manifest %s line %d: %s".formatted(path, number, e.getOriginalMessage()), e);
        }
      } else {
        read = new Line(null, line, null, null);
      }
      if (read.path() == null) {
        throw new UserException("manifest %s line %d: path is missing".formatted(path, number));
      }
      String resolved = resolve(folder, read.path());
      lines.add(
          new Line(
              read.id() == null ? name(resolved) : read.id(),
              resolved,
              read.reference() == null ? reference : read.reference(),
              read.truth() == null ? null : resolve(folder, read.truth())));
    }
    return lines;
  }

  /** The text of a small file. */
  static String text(Store store, String path) throws IOException {
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
  static String resolve(String folder, String path) {
    return path.startsWith("/") || path.matches("[a-z][a-z0-9+.-]*:.*")
        ? path
        : folder + "/" + path;
  }

  /**
   * A local path from the working folder on as an absolute one, so that executors mean the same.
   */
  static String absolute(String path) {
    return hasScheme(path) ? path : Path.of(path).toAbsolutePath().normalize().toString();
  }

  private static boolean hasScheme(String path) {
    return path.matches("[a-z][a-z0-9+.-]*:.*");
  }

  /** The folder of a path. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The deepest folder that holds all of them, with its last slash. */
  private static String commonFolder(List<FileInfo> found) {
    if (found.isEmpty()) {
      return "";
    }
    String common = parent(found.get(0).path()) + "/";
    for (FileInfo model : found) {
      while (!model.path().startsWith(common)) {
        common = parent(common.substring(0, common.length() - 1)) + "/";
      }
    }
    return common;
  }
}
