package org.findthelady.job;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.job.file.JobText;
import org.findthelady.job.file.Mistakes;
import org.findthelady.job.file.ModelSource;
import org.findthelady.pair.StructureChoice;
import org.findthelady.registry.MlflowRegistry;

/** Looks at all that a job file names, without opening models, before anything is started. */
final class JobPreflight {
  private final Preflight preflight;
  private final Location folder;
  private final JobText text;
  private final Mistakes mistakes;

  private JobPreflight(Preflight preflight, JobText text) {
    this.preflight = preflight;
    this.folder = Location.of(text.where()).parent();
    this.text = text;
    this.mistakes = new Mistakes(text.where());
  }

  /** Something that fails if what a job names is not what it should be. */
  private interface Look {
    void look() throws IOException;
  }

  /**
   * Looks as far as {@code preflight} may.
   *
   * @throws UserException with all that is not there or not what it should be
   */
  static void look(Preflight preflight, JobText text) throws IOException {
    JobPreflight job = new JobPreflight(preflight, text);
    job.look("references", text.job().references(), null);
    job.look("suspects", text.job().suspects(), job.references());
    job.mistakes.throwIfAny();
  }

  /** The ids of the references; null if it takes a listing to tell them. */
  private Set<String> references() {
    Set<String> ids = new TreeSet<>();
    for (ModelSource source : text.job().references()) {
      if (source.path() == null) {
        return null;
      }
      String id = source.line().id();
      ids.add(id == null ? Location.of(resolved(source.path())).name() : id);
    }
    return ids;
  }

  private void look(String list, List<ModelSource> sources, Set<String> references)
      throws IOException {
    for (int i = 0; i < sources.size(); i++) {
      ModelSource source = sources.get(i);
      String architecture = source.line().architecture();
      boolean file = architecture != null && architecture.endsWith(".json");
      look(list, i, "path", () -> preflight.there(resolved(source.path())));
      look(list, i, "folder", () -> preflight.there(resolved(source.folder())));
      look(list, i, "manifest", () -> preflight.manifest(resolved(source.manifest()), references));
      look(list, i, "mlflow", () -> registered(source.registered()));
      look(list, i, "truth", () -> preflight.truth(resolved(source.line().truth())));
      look(list, i, "graph", () -> preflight.there(resolved(source.line().graph())));
      look(
          list,
          i,
          "architecture",
          () ->
              preflight.structure(
                  new StructureChoice(file ? resolved(architecture) : architecture, null)));
    }
  }

  /** The server is asked later; what is wrong in how it is named is told now. */
  private static void registered(ModelSource.Registered registered) {
    if (registered != null) {
      MlflowRegistry.at(registered.server(), System.getenv()).check(registered.query());
    }
  }

  private void look(String list, int index, String key, Look look) throws IOException {
    try {
      look.look();
    } catch (UserException e) {
      String place = "%s[%d].%s: ".formatted(list, index, key);
      mistakes.add(text.line(list, index, key), place + e.getMessage().replace("\n", "\n  "));
    }
  }

  private String resolved(String path) {
    return path == null ? null : folder.resolve(path).path();
  }
}
