package org.findthelady.job;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.fleet.Suspect;
import org.findthelady.job.file.JobFile;
import org.findthelady.job.file.JobText;
import org.findthelady.job.file.ModelLine;
import org.findthelady.job.file.ModelLines;
import org.findthelady.job.file.Policy;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.FingerprintFolder;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.RunId;
import org.findthelady.run.KeptModels;
import org.findthelady.run.RunFolder;
import org.findthelady.run.Version;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.InputGuard;
import org.findthelady.storage.ListedStore;
import org.findthelady.storage.TextFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job file with its references checked and its suspects found: what an audit runs. */
final class AuditJob {
  private static final Logger LOG = LoggerFactory.getLogger(AuditJob.class);

  private final HadoopStore store;
  private final ListedStore listed;
  private final JobFile job;
  private final String out;
  private final String fingerprints;
  private final Map<String, List<FileInfo>> planned;
  private final Map<String, ModelLine> references;
  private final List<ModelLine> lines;
  private final List<Suspect> suspects;
  private final List<ModelLines.Registration> toTag;
  private final String runId;
  private final boolean watched;

  private AuditJob(HadoopStore store, JobText text, String out, String fingerprints, boolean soFar)
      throws IOException {
    this.store = store;
    this.watched = soFar;
    this.job = text.job();
    this.out = out;
    this.fingerprints = given(text, fingerprints, job.outputs().fingerprints());
    String file = store.stat(text.where()).orElseThrow().path();
    this.listed = new ListedStore(store, List.of());
    this.planned = new HashMap<>();
    ModelLines models = new ModelLines(job, file, out, listed);
    this.references = references(models.references());
    Set<String> owned =
        references.values().stream().map(ModelLine::path).collect(Collectors.toSet());
    this.lines = soFar ? models.suspectsSoFar(owned) : models.suspects(owned);
    this.toTag = models.toTag();
    this.runId = RunId.of(inputs(), settings());
    this.suspects = lines.stream().map(this::suspect).toList();
  }

  /** Some suspects of a job, as they were listed. */
  private AuditJob(AuditJob whole, Set<String> ids) {
    this.store = whole.store;
    this.watched = whole.watched;
    this.listed = whole.listed;
    this.job = whole.job;
    this.out = whole.out;
    this.fingerprints = whole.fingerprints;
    this.planned = whole.planned;
    this.references = whole.references;
    this.toTag = whole.toTag;
    this.lines = whole.lines.stream().filter(line -> ids.contains(line.id())).toList();
    this.runId = RunId.of(inputs(), settings());
    this.suspects = lines.stream().map(this::suspect).toList();
  }

  /**
   * Opens a job's references and finds its suspects.
   *
   * @param out folder of runs
   * @param fingerprints folder of them; null for that of the job file, if it names one
   * @throws UserException if the job cannot be done
   */
  static AuditJob read(HadoopStore store, JobText text, String out, String fingerprints)
      throws IOException {
    return new AuditJob(store, text, out, fingerprints, false);
  }

  /** The same for a job whose suspects may still be to come. */
  static AuditJob soFar(HadoopStore store, JobText text, String out, String fingerprints)
      throws IOException {
    return new AuditJob(store, text, out, fingerprints, true);
  }

  /** The same job with some of its suspects, as they were listed. */
  AuditJob only(Set<String> ids) {
    return new AuditJob(this, ids);
  }

  /**
   * Looks at what a job file names, as far as that can be told before Spark is started.
   *
   * @param out folder of runs; null for that of the job file
   * @throws UserException with all that is wrong, if something is
   */
  static void look(HadoopStore store, String jobPath, String out) throws IOException {
    Preflight preflight = Preflight.ofLocal(store);
    if (Location.isLocal(jobPath)) {
      preflight.there(jobPath);
      JobText text = text(store, jobPath);
      preflight.folder(out(text, out));
      JobPreflight.look(preflight, text);
    } else if (out != null) {
      preflight.folder(out);
    }
  }

  /**
   * The folder of runs.
   *
   * @param given by the command; null if it was not
   */
  static String out(JobText text, String given) {
    String folder = given(text, given, text.job().outputs().folder());
    if (folder == null) {
      throw new UserException(
          text.where() + ": give --out, or outputs.folder in the job file: where runs are written");
    }
    return folder;
  }

  /**
   * Where fingerprints of references are kept. Those of large references are measured only if the
   * user named a folder.
   */
  FingerprintFolder fingerprints() {
    return fingerprints == null
        ? new FingerprintFolder(out + "/fingerprints", LocalExecution.LARGE_BYTES)
        : new FingerprintFolder(fingerprints, Long.MAX_VALUE);
  }

  private static String given(JobText text, String option, String key) {
    if (option != null) {
      return Location.of(option).path();
    }
    return key == null ? null : Location.of(text.where()).parent().resolve(key).path();
  }

  /**
   * Reads a job file alone.
   *
   * @throws UserException with all that is wrong in it, if something is
   */
  static JobText text(HadoopStore store, String jobPath) {
    try {
      return JobText.parse(TextFile.read(store, jobPath), jobPath);
    } catch (IOException e) {
      throw new UserException("job file " + jobPath + ": " + e.getMessage(), e);
    }
  }

  /**
   * Makes sure that no output comes to lie among what is read, and that nothing that is read lies
   * where runs remove what they kept.
   *
   * @throws UserException if that is not so
   */
  void requireOutside(String folder) {
    Set<String> inputs = new TreeSet<>();
    for (Suspect suspect : suspects) {
      for (PairRequest pair : suspect.pairs()) {
        inputs.add(pair.reference());
        inputs.add(pair.suspect());
      }
    }
    InputGuard.requireOutside(folder, inputs);
    String state = KeptModels.folder(folder, job.name());
    InputGuard.requireApart(inputs, state, "which runs of this job clear");
    if (watched) {
      InputGuard.requireApart(inputs, folder + "/runs", "whose older runs a watch removes");
    }
  }

  /** The job's name. */
  String name() {
    return job.name();
  }

  /** Whether rows of the last run may be taken over. */
  boolean incremental() {
    return job.shortcuts().incremental();
  }

  /** Whether suspects are held against suspects, and references against references. */
  boolean relatesAll() {
    return job.shortcuts().relatesAll();
  }

  /** Whether runs of it are removed once newer ones are there. */
  boolean isWatched() {
    return watched;
  }

  /** When the newest file of all models was written; empty if that is not known. */
  Optional<Instant> newest() {
    return planned.values().stream()
        .flatMap(List::stream)
        .map(file -> Instant.ofEpochMilli(file.modifiedMillis()))
        .max(Comparator.naturalOrder());
  }

  /** The references' paths, by id. */
  Map<String, String> references() {
    Map<String, String> paths = new TreeMap<>();
    references.forEach((id, line) -> paths.put(id, line.path()));
    return paths;
  }

  /** What was listed: by path the file, or what lies in the folder. */
  Map<String, List<FileInfo>> listed() {
    return planned;
  }

  /** Whether references that are not likely are left out once another one fits. */
  boolean comparesLikely() {
    return job.shortcuts().comparesLikely();
  }

  /** The suspects whose verdicts are to be written back as tags of registered versions. */
  List<ModelLines.Registration> toTag() {
    return toTag;
  }

  /** Where readers see a run: the address that the job gives, or its path. */
  String link() {
    String link = job.outputs().link();
    return link == null ? runFolder() : link.replaceAll("/+$", "") + "/runs/" + runId;
  }

  /** Which verdicts make the run fail. */
  Policy policy() {
    return job.policy();
  }

  /** In the manifest's order. */
  List<Suspect> suspects() {
    return suspects;
  }

  /** The same for the same inputs and settings. */
  String runId() {
    return runId;
  }

  /** The folder of this run. */
  String runFolder() {
    return out + "/runs/" + runId;
  }

  private Map<String, ModelLine> references(List<ModelLine> lines) {
    Map<String, ModelLine> references = new TreeMap<>();
    for (ModelLine reference : lines) {
      PairAudit.requireReference(store, reference.id(), reference.path());
      references.put(reference.id(), reference);
    }
    return references;
  }

  /** What the results depend on beside the inputs. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = MatchSettings.described(options());
    settings.put("job", job.name());
    settings.put("compare", job.shortcuts().compare());
    settings.put("lineage", job.shortcuts().lineage());
    settings.put(
        "fingerprints", fingerprints == null ? "of small references" : "of all references");
    settings.put("resync", Boolean.toString(job.resync()));
    settings.put("ftl", Version.CURRENT);
    return settings;
  }

  private MatchOptions options() {
    return MatchSettings.options(job.matching());
  }

  private List<String> inputs() {
    List<String> inputs = new ArrayList<>();
    for (ModelLine reference : references.values()) {
      inputs.add(reference + "|" + fingerprint(reference.path()));
    }
    for (ModelLine line : lines) {
      inputs.add(line + "|" + fingerprint(line.path()));
    }
    Set<String> beside = new TreeSet<>();
    references.values().forEach(line -> beside.addAll(choice(line).files()));
    lines.stream().map(ModelLine::truth).filter(Objects::nonNull).forEach(beside::add);
    beside.forEach(path -> inputs.add(path + "|" + fingerprint(path)));
    return inputs;
  }

  private static StructureChoice choice(ModelLine reference) {
    return new StructureChoice(reference.architecture(), reference.graph());
  }

  /** A place that cannot be looked at now stops no run: the audit of the model says why. */
  private String fingerprint(String path) {
    try {
      List<FileInfo> files = planned.get(path);
      if (files == null) {
        files = Suspect.files(listed, path);
        planned.put(path, files);
      }
      return files.isEmpty()
          ? "missing"
          : files.stream().map(file -> file.stamp() + "\n").collect(Collectors.joining());
    } catch (IOException e) {
      LOG.warn("{}: {}", path, e.getMessage());
      return "not looked at";
    }
  }

  /** The id of a suspect, with the ending of its file if no other suspect is called so. */
  private String outputName(ModelLine line) {
    String file = Location.of(line.path()).name();
    String ending = file.substring(Math.max(0, file.lastIndexOf('.')));
    boolean isFile =
        planned.getOrDefault(line.path(), List.of()).stream()
            .anyMatch(found -> !found.folder() && found.path().equals(line.path()));
    String name = line.id() + ending;
    boolean plain = !isFile || !ending.startsWith(".") || line.id().endsWith(ending);
    return plain || lines.stream().anyMatch(other -> other.id().equals(name)) ? line.id() : name;
  }

  private Suspect suspect(ModelLine line) {
    MatchOptions options = options();
    List<PairRequest> pairs = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (ModelLine reference : references.values()) {
      if (line.reference() == null || line.reference().equals(reference.id())) {
        ids.add(reference.id());
        pairs.add(
            new PairRequest(
                line.id(),
                reference.path(),
                line.path(),
                choice(reference),
                options,
                store,
                line.truth(),
                job.resync() ? RunFolder.stage(store, runFolder(), outputName(line)) : null));
      }
    }
    if (pairs.isEmpty()) {
      throw new UserException(
          "suspect '%s': no reference '%s', there are only %s"
              .formatted(line.id(), line.reference(), references.keySet()));
    }
    List<String> declared = line.declared() == null ? List.of() : List.of(line.declared());
    return new Suspect(pairs, ids, planned.getOrDefault(line.path(), List.of()))
        .declaring(declared);
  }
}
