package org.findthelady.job.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.registry.MlflowRegistry;
import org.findthelady.registry.ModelVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The references or the suspects of a job, one line each, with unique ids. */
public final class ModelLines {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLines.class);

  /** Tag of a registered version that names what it was made from. */
  private static final String BASE_TAG = "base_model";

  private final JobFile job;
  private final String file;
  private final Location folder;
  private final String out;
  private final Store store;
  private final List<Registration> toTag = new ArrayList<>();

  /** Globs and folders in which nothing was found. */
  private final List<String> empty = new ArrayList<>();

  /**
   * @param file where the job lies, in the folder that relative paths start from
   * @param out the folder of runs, which has no models for us
   */
  public ModelLines(JobFile job, String file, String out, Store store) {
    this.job = job;
    this.file = file;
    this.out = out;
    this.folder = Location.of(file).parent();
    this.store = store;
  }

  /**
   * The references, sorted by id.
   *
   * @throws UserException if there is none, an id stands twice, or a manifest cannot be read
   */
  public List<ModelLine> references() throws IOException {
    return some(unique(job.references(), Set.of()), "reference");
  }

  /**
   * The suspects, sorted by id.
   *
   * @param references paths that globs and folders leave out
   * @throws UserException likewise
   */
  public List<ModelLine> suspects(Set<String> references) throws IOException {
    return some(suspectsSoFar(references), "suspect");
  }

  /** The same, where there may be none yet. */
  public List<ModelLine> suspectsSoFar(Set<String> references) throws IOException {
    return unique(job.suspects(), references);
  }

  private List<ModelLine> some(List<ModelLine> lines, String what) {
    String nothing = empty.isEmpty() ? "" : ", there is no model in " + String.join(", ", empty);
    if (lines.isEmpty()) {
      throw new UserException("job %s: no %s was found%s".formatted(job.name(), what, nothing));
    }
    empty.forEach(source -> LOG.warn("job {}: there is no {} in {}", job.name(), what, source));
    empty.clear();
    return lines;
  }

  private List<ModelLine> unique(List<ModelSource> sources, Set<String> leftOut)
      throws IOException {
    Map<String, ModelLine> byId = new LinkedHashMap<>();
    for (ModelSource source : sources) {
      for (ModelLine line : lines(source, leftOut)) {
        ModelLine earlier = byId.put(line.id(), line);
        if (earlier != null) {
          throw new UserException(
              earlier.path().equals(line.path())
                  ? "job %s: %s is named twice".formatted(job.name(), line.path())
                  : "job %s: id '%s' stands for both %s and %s; give one of them an id of its own"
                      .formatted(job.name(), line.id(), earlier.path(), line.path()));
        }
      }
    }
    return List.copyOf(new TreeMap<>(byId).values());
  }

  /**
   * Reads a manifest without looking at its models.
   *
   * @param references ids that its lines may name; null if they are not known yet
   * @throws UserException with all that is wrong in it, if something is
   */
  public static void checkManifest(Store store, String path, Set<String> references)
      throws IOException {
    Manifest.read(store, path, references);
  }

  /** The suspects whose verdicts are to be written back as tags, as far as they were found. */
  public List<Registration> toTag() {
    return List.copyOf(toTag);
  }

  /**
   * A registered version that is a suspect.
   *
   * @param id of the suspect
   */
  public record Registration(String id, ModelVersion version, MlflowRegistry registry) {}

  private List<ModelLine> registered(ModelSource source) throws IOException {
    ModelSource.Registered named = source.registered();
    MlflowRegistry registry = MlflowRegistry.at(named.server(), System.getenv());
    List<ModelLine> lines = new ArrayList<>();
    for (ModelVersion version : registry.find(named.query())) {
      lines.add(
          resolved(source.line())
              .at(version.id(), model(registry.artifacts(version)))
              .declaring(version.tags().get(BASE_TAG)));
      if (named.tag()) {
        toTag.add(new Registration(version.id(), version, registry));
      }
    }
    return lines;
  }

  /** The only model in a folder of artifacts; the folder itself if it is one, or holds others. */
  private String model(String artifacts) throws IOException {
    String path = Location.of(artifacts).path();
    FileInfo place = store.stat(path).orElse(null);
    if (place == null || !place.folder() || Checkpoints.isOne(store, place)) {
      return path;
    }
    List<FileInfo> found = ModelFolder.models(store, path, out);
    return found.size() == 1 ? found.get(0).path() : path;
  }

  private List<ModelLine> lines(ModelSource source, Set<String> leftOut) throws IOException {
    if (source.registered() != null) {
      return registered(source).stream().filter(line -> !leftOut.contains(line.path())).toList();
    }
    if (source.manifest() != null) {
      List<ModelLine> lines = new ArrayList<>();
      for (ModelLine line : Manifest.read(store, folder.resolve(source.manifest()).path())) {
        ModelLine whole = line.or(source.line());
        lines.add(whole.at(line.id() == null ? name(line.path()) : line.id(), line.path()));
      }
      return lines;
    }
    if (source.path() != null) {
      String path = folder.resolve(source.path()).path();
      String id = source.line().id() == null ? name(path) : source.line().id();
      return List.of(resolved(source.line()).at(id, path));
    }
    List<FileInfo> found =
        source.glob() != null
            ? store.glob(folder.resolve(source.glob()).path()).stream()
                .filter(model -> !isOurs(model.path()))
                .toList()
            : ModelFolder.models(store, folder.resolve(source.folder()).path(), out);
    if (found.isEmpty()) {
      empty.add(folder.resolve(source.glob() != null ? source.glob() : source.folder()).path());
    }
    String common =
        source.glob() != null ? commonFolder(found) : folder.resolve(source.folder()).path() + "/";
    return found.stream()
        .filter(model -> !leftOut.contains(model.path()))
        .map(
            model ->
                resolved(source.line())
                    .at(HubCache.id(model.path().substring(common.length())), model.path()))
        .toList();
  }

  /** Whether it is the job, a list of its models, or among the results of its runs. */
  private boolean isOurs(String path) {
    return path.equals(file)
        || path.equals(out)
        || path.startsWith(out + "/")
        || Stream.of(job.references(), job.suspects())
            .flatMap(List::stream)
            .map(ModelSource::manifest)
            .anyMatch(list -> list != null && folder.resolve(list).path().equals(path));
  }

  private ModelLine resolved(ModelLine line) {
    return new ModelLine(
        line.id(),
        line.path(),
        line.reference(),
        resolved(line.truth()),
        resolvedArchitecture(line.architecture(), folder),
        resolved(line.graph()),
        line.declared());
  }

  private String resolved(String path) {
    return path == null ? null : folder.resolve(path).path();
  }

  /** An architecture is a name, or a file from the folder on. */
  static String resolvedArchitecture(String architecture, Location folder) {
    boolean file = architecture != null && architecture.endsWith(".json");
    return file ? folder.resolve(architecture).path() : architecture;
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
