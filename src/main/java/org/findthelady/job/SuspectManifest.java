package org.findthelady.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.storage.TextFile;

/** The suspects of a job, one line each, with unique ids. */
public final class SuspectManifest {
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

  private SuspectManifest() {}

  /**
   * Expands the suspects of a job. References that a glob also matches are left out.
   *
   * @param folder the folder that relative paths start from
   * @throws UserException if nothing is left, an id stands twice, or a line cannot be read
   */
  static List<Line> of(JobFile job, String folder, Store store) throws IOException {
    List<Line> lines = new ArrayList<>();
    List<String> references =
        job.references().stream().map(r -> Location.of(folder).resolve(r.path()).path()).toList();
    for (JobFile.Suspects source : job.suspects()) {
      if (source.glob() != null) {
        List<FileInfo> found = store.glob(Location.of(folder).resolve(source.glob()).path());
        String common = commonFolder(found);
        for (FileInfo model : found) {
          if (!references.contains(model.path())) {
            String id = model.path().substring(common.length());
            lines.add(new Line(id, model.path(), source.reference(), null));
          }
        }
      } else if (source.manifest() != null) {
        lines.addAll(
            read(Location.of(folder).resolve(source.manifest()).path(), source.reference(), store));
      } else {
        String path = Location.of(folder).resolve(source.path()).path();
        String id = source.id() == null ? name(path) : source.id();
        lines.add(
            new Line(
                id,
                path,
                source.reference(),
                source.truth() == null
                    ? null
                    : Location.of(folder).resolve(source.truth()).path()));
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
    String folder = Location.of(path).parent().path();
    int number = 0;
    for (String text : TextFile.read(store, path).split("\n", -1)) {
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
      String resolved = Location.of(folder).resolve(read.path()).path();
      lines.add(
          new Line(
              read.id() == null ? name(resolved) : read.id(),
              resolved,
              read.reference() == null ? reference : read.reference(),
              read.truth() == null ? null : Location.of(folder).resolve(read.truth()).path()));
    }
    return lines;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The deepest folder that holds all of them, with its last slash. */
  private static String commonFolder(List<FileInfo> found) {
    if (found.isEmpty()) {
      return "";
    }
    String common = Location.of(found.get(0).path()).parent().path() + "/";
    for (FileInfo model : found) {
      while (!model.path().startsWith(common)) {
        common = Location.of(common.substring(0, common.length() - 1)).parent().path() + "/";
      }
    }
    return common;
  }
}
