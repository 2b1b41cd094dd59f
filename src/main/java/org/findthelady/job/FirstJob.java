package org.findthelady.job;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.job.file.ModelFolder;
import org.findthelady.report.JsonText;
import org.findthelady.report.Words;
import org.findthelady.storage.HadoopStore;

/**
 * A first job file for a folder of models. References are what the user names; else the models in a
 * subfolder whose name says so; else the oldest model. All others are suspects.
 */
public final class FirstJob {
  private static final Set<String> REFERENCES =
      Set.of("references", "reference", "owned", "owner", "originals", "original");
  private static final String RUNS = "audits";

  /**
   * What was written.
   *
   * @param file the job file
   * @param references what it takes as references, in words
   * @param folder of the models
   */
  public record Written(String file, List<String> references, String folder) {
    public Written {
      references = List.copyOf(references);
    }

    /** What was written and what to do next. */
    public String text() {
      return """
      %s is written. References: %s. All other models of %s are suspects.
      Look at it, then:
        ftl plan --job %s
        ftl audit --job %s
      """
          .formatted(file, String.join(", ", references), folder, inShell(file), inShell(file));
    }

    /** A path as it is typed in a shell. */
    private static String inShell(String path) {
      return path.matches("[\\w./:@%+=,-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    /** For programs. */
    public String json() {
      return JsonText.of(JsonText.tree(this));
    }
  }

  private final HadoopStore store;
  private final Location folder;
  private final List<FileInfo> models;

  private FirstJob(HadoopStore store, Location folder) throws IOException {
    this.store = store;
    this.folder = folder;
    this.models = ModelFolder.models(store, folder.path(), folder.resolve(RUNS).path());
  }

  /**
   * Writes the file.
   *
   * @param folder of the models
   * @param references paths; empty to choose them
   * @param out the file; null for {@code job.json} in the folder
   * @throws UserException if the folder has no two models, or the file is there already
   */
  public static Written write(
      String folder, List<String> references, String out, Map<String, String> storage) {
    HadoopStore store = new HadoopStore(storage);
    Location models = Location.of(folder);
    String file = out == null ? models.resolve("job.json").path() : Location.of(out).path();
    try {
      Preflight preflight = Preflight.of(store).there(models.path());
      if (store.stat(models.path()).filter(FileInfo::folder).isEmpty()) {
        throw new UserException(models + ": is a file, not a folder of models");
      }
      for (String reference : references) {
        preflight.there(reference);
      }
      preflight.output(file);
      return new FirstJob(store, models).write(references, file);
    } catch (IOException e) {
      throw Failure.of(folder, e);
    }
  }

  private Written write(List<String> given, String file) throws IOException {
    Location home = Location.of(file).parent();
    ObjectNode job = JsonMapper.builder().build().createObjectNode();
    job.put("name", folder.name());
    ArrayNode references = job.putArray("references");
    Optional<FileInfo> owned =
        store.list(folder.path()).stream()
            .filter(child -> child.folder() && REFERENCES.contains(child.name()))
            .filter(child -> models.stream().anyMatch(model -> isIn(child, model)))
            .findFirst();
    List<String> told = new ArrayList<>();
    long suspects;
    if (!given.isEmpty()) {
      for (String path : given) {
        references.addObject().put("path", from(home, Location.of(path)));
        told.add(path);
      }
      List<String> own = given.stream().map(path -> Location.of(path).path()).toList();
      suspects = models.stream().filter(model -> !own.contains(model.path())).count();
    } else if (owned.isPresent()) {
      references.addObject().put("folder", from(home, Location.of(owned.get().path())));
      told.add("all models in " + owned.get().path());
      suspects = models.stream().filter(model -> !isIn(owned.get(), model)).count();
    } else {
      FileInfo oldest =
          models.stream()
              .min(Comparator.comparingLong(FileInfo::modifiedMillis))
              .orElseThrow(() -> tooFew(0));
      suspects = models.size() - 1L;
      references.addObject().put("path", from(home, Location.of(oldest.path())));
      told.add(oldest.path() + ", the oldest");
    }
    if (suspects == 0) {
      throw tooFew(models.size());
    }
    job.putArray("suspects").addObject().put("folder", from(home, folder));
    job.putObject("policy").putArray("failOn");
    job.putObject("outputs").put("folder", from(home, folder.resolve(RUNS)));
    try (OutputStream stream = store.create(file)) {
      stream.write((job.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return new Written(file, told, folder.path());
  }

  private UserException tooFew(int found) {
    return new UserException(
        "%s: %s in it; an audit needs a reference and a suspect"
            .formatted(folder, Words.models(found)));
  }

  private static boolean isIn(FileInfo folder, FileInfo model) {
    return model.path().startsWith(folder.path() + "/");
  }

  /** A path as it is written in a file of that folder. */
  private static String from(Location home, Location path) {
    if (path.equals(home)) {
      return ".";
    }
    return path.isInside(home) ? path.path().substring(home.path().length() + 1) : path.path();
  }
}
