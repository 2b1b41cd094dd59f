package org.findthelady.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.core.OutputException;
import org.findthelady.core.Pace;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.FileDigestTask;
import org.findthelady.fleet.Fleet;
import org.findthelady.fleet.SketchTask;
import org.findthelady.fleet.StagedResults;
import org.findthelady.fleet.Suspect;
import org.findthelady.job.file.JobText;
import org.findthelady.job.file.ModelLines;
import org.findthelady.job.kin.Kinship;
import org.findthelady.pair.PairRequest;
import org.findthelady.report.ConsoleTable;
import org.findthelady.report.JsonLinesReader;
import org.findthelady.report.JsonText;
import org.findthelady.report.ModelRow;
import org.findthelady.report.VersionTags;
import org.findthelady.report.Words;
import org.findthelady.run.ContentKeys;
import org.findthelady.run.FileDigests;
import org.findthelady.run.KeptModels;
import org.findthelady.run.LiveLine;
import org.findthelady.run.ModelKeeper;
import org.findthelady.run.PairKeeper;
import org.findthelady.run.PartialRun;
import org.findthelady.run.Progress;
import org.findthelady.run.RunFolder;
import org.findthelady.run.RunLock;
import org.findthelady.run.RunReport;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges every suspect of a job file and writes a run's tables. */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final int CONSOLE_LINES = 100;

  /** References that the page names above the models. */
  private static final int REFERENCES_NAMED = 20;

  /**
   * What is to be audited.
   *
   * @param job path of the job file
   * @param out folder of runs; null for that of the job file
   * @param fingerprints folder of fingerprints of references of any size; null for that of the job
   *     file or, if it names none, to keep those of small references beside the runs and do without
   *     the others
   * @param storage properties of Hadoop's file systems
   * @param table of a catalog to which the rows of the models are added; null for none
   */
  public record Request(
      String job, String out, String fingerprints, Map<String, String> storage, String table) {
    /** Adds no rows to a table. */
    public Request(String job, String out, String fingerprints, Map<String, String> storage) {
      this(job, out, fingerprints, storage, null);
    }
  }

  /**
   * What came out.
   *
   * @param run folder of the run
   * @param table verdicts as text
   * @param models rows of the models that have a verdict
   * @param notAudited models that could not be looked at; a rerun tries these again
   * @param policy what the job's policy says of it
   * @param unchanged models, by id, that were taken from the last run
   * @param digests of the files that were read, as far as they are known
   */
  public record Result(
      String runId,
      String run,
      String table,
      List<ModelRow> models,
      List<PartialRun.Model> notAudited,
      Checked policy,
      Set<String> unchanged,
      FileDigests digests) {
    public Result {
      models = List.copyOf(models);
      notAudited = List.copyOf(notAudited);
      unchanged = Set.copyOf(unchanged);
    }

    /**
     * What a job's policy says.
     *
     * @param breaches what it does not allow, a line each
     * @param strict whether it fails a run with an unreadable model
     */
    public record Checked(List<String> breaches, boolean strict) {
      public Checked {
        breaches = List.copyOf(breaches);
      }
    }

    /** Models that have not changed since the last run and were taken from there. */
    public int carried() {
      return unchanged.size();
    }

    /** This result, told with no more than the models that were judged in this run. */
    public Result news() {
      ConsoleTable console = new ConsoleTable(CONSOLE_LINES);
      List<ModelRow> judged =
          models.stream().filter(row -> !unchanged.contains(row.names().modelId())).toList();
      judged.forEach(console::add);
      return new Result(
          runId, run, console.render(), judged, notAudited, policy, unchanged, digests);
    }

    /** The verdict of every model. */
    public Map<String, Verdict> verdicts() {
      return verdicts(models);
    }

    private static Map<String, Verdict> verdicts(List<ModelRow> models) {
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      models.forEach(row -> verdicts.put(row.names().modelId(), row.verdict()));
      return verdicts;
    }

    /** For programs. */
    public String json() {
      return JsonText.of(tree());
    }

    ObjectNode tree() {
      ObjectNode root = JsonText.object();
      root.put("run_id", runId).put("run", run).put("report", run + "/" + RunFolder.PAGE);
      ArrayNode rows = root.putArray("models");
      models.forEach(row -> rows.add(JsonText.row(row)));
      ArrayNode missed = root.putArray("not_audited");
      notAudited.forEach(model -> missed.add(JsonText.tree(model)));
      ArrayNode breaches = root.putArray("policy");
      policy.breaches().forEach(breaches::add);
      return root;
    }

    /** For people. */
    public String text() {
      StringBuilder text = new StringBuilder(table).append('\n');
      if (!notAudited.isEmpty()) {
        boolean one = notAudited.size() == 1;
        notAudited.stream()
            .limit(CONSOLE_LINES)
            .forEach(model -> text.append(model.text()).append('\n'));
        text.append(
            ("\nThe run is not whole: %s not audited. %s/%s names %s;"
                    + " a rerun tries %s again.\n")
                .formatted(
                    Words.models(notAudited.size()) + (one ? " was" : " were"),
                    run,
                    RunFolder.PARTIAL,
                    one ? "it" : "them",
                    one ? "it" : "them"));
      }
      if (carried() > 0) {
        text.append("carried ").append(Words.models(carried()));
        text.append(" unchanged since the last run\n");
      }
      policy.breaches().forEach(breach -> text.append("policy  ").append(breach).append('\n'));
      return text.append("report  ").append(run).append('/').append(RunFolder.PAGE) + "\n";
    }
  }

  private final HadoopStore store;
  private final Cluster cluster;
  private final AuditJob job;
  private final String out;
  private final List<Suspect> suspects;
  private final String runId;
  private FileDigests digests = new FileDigests();
  private Set<String> unchanged = Set.of();
  private ReferenceSketches sketches;

  /** Whether the run was finished before this program was started. */
  private boolean before;

  private Audit(HadoopStore store, Cluster cluster, AuditJob job, String out) {
    this.store = store;
    this.cluster = cluster;
    this.out = out;
    this.job = job;
    job.requireOutside(out);
    this.runId = job.runId();
    this.suspects = job.suspects();
  }

  /** Runs on the Spark application at hand, or on local Spark. */
  public static Result run(Request request) {
    try {
      HadoopStore local = new HadoopStore(request.storage());
      AuditJob.look(local, request.job(), request.out());
      try (Cluster cluster = Cluster.open("ftl audit " + request.job())) {
        ModelTable models = new ModelTable(cluster, request.table());
        Result result = run(request, cluster);
        models.append(store(cluster, request.storage()), result);
        return result;
      }
    } catch (IOException e) {
      throw Failure.of(request.job(), e);
    }
  }

  static Result run(Request request, Cluster cluster) throws IOException {
    HadoopStore store = store(cluster, request.storage());
    JobText text = AuditJob.text(store, request.job());
    String out = AuditJob.out(text, request.out());
    return run(store, cluster, AuditJob.read(store, text, out, request.fingerprints()), out);
  }

  /** The storage that a user and Spark's settings name. */
  static HadoopStore store(Cluster cluster, Map<String, String> storage) {
    Map<String, String> properties = new TreeMap<>(cluster.storageProperties());
    properties.putAll(storage);
    return new HadoopStore(properties);
  }

  /** Runs a job whose models were found. */
  static Result run(HadoopStore store, Cluster cluster, AuditJob job, String out)
      throws IOException {
    Audit audit = new Audit(store, cluster, job, out);
    Result result = audit.run();
    audit.tag(result);
    return result;
  }

  /** Writes verdicts back to where the suspects are registered, those that are not there yet. */
  private void tag(Result result) throws IOException {
    boolean watched = job.isWatched();
    List<String> failed = new ArrayList<>();
    Map<String, ModelRow> rows = new TreeMap<>();
    result.models().forEach(row -> rows.put(row.names().modelId(), row));
    for (ModelLines.Registration registered : job.toTag()) {
      ModelRow row = rows.get(registered.id());
      if (row != null) {
        Map<String, String> tags = VersionTags.of(row, job.link());
        // A verdict that was taken over keeps the link to its run, unless that run is removed.
        boolean same = !watched && (before || result.unchanged().contains(registered.id()));
        if (!same || !VersionTags.sayTheSame(registered.version().tags(), tags)) {
          try {
            write(registered, tags);
          } catch (IOException | UserException e) {
            if (watched) {
              throw e; // it comes again
            }
            failed.add(registered.id() + ": " + e.getMessage());
            if (e instanceof IOException) {
              break; // the server does not answer
            }
          }
        }
      }
    }
    if (!failed.isEmpty()) {
      throw new OutputException(
          ("not all verdicts are written back as tags: %s. The run is whole (%s); the same command"
                  + " tries again.")
              .formatted(failed.get(0), job.runFolder()));
    }
  }

  /** Writes the tags of a version, shorter ones if the server does not take them. */
  private static void write(ModelLines.Registration registered, Map<String, String> tags)
      throws IOException {
    try {
      registered.registry().tag(registered.version(), tags);
    } catch (UserException e) {
      registered.registry().tag(registered.version(), VersionTags.brief(tags));
    }
  }

  private Result run() throws IOException {
    if (RunFolder.finished(store, job.runFolder()) && RunFolder.isTidy(store, job.runFolder())) {
      LOG.info("run {} is finished already; its inputs and settings have not changed", runId);
      return finished();
    }
    try (RunLock lock = RunLock.take(store, job.runFolder())) {
      if (RunFolder.finished(
          store, job.runFolder())) { // by another process, which may have died after it
        RunFolder.tidy(store, job.runFolder());
        lock.removeAll();
        return finished();
      }
      return run(lock);
    }
  }

  private Result run(RunLock lock) throws IOException {
    cluster.stage(new StagedResults(store, RunFolder.results(job.runFolder())));
    try (RunReport report = new RunReport(store, job.runFolder(), runId)) {
      Progress progress =
          new Progress(
              suspects,
              new Pace(Progress.work(suspects)),
              LOG::info,
              LiveLine.onTerminal().orElse(null));
      State state = state();
      List<Integer> left = left(report, state, progress);
      Fleet.Known known = left.isEmpty() ? Fleet.Known.nothing() : known(left);
      progress.begin();
      Fleet.run(
          cluster,
          left.stream().map(suspects::get).toList(),
          known,
          (audited, index) -> {
            lock.check();
            report.accept(audited, left.get(index));
            progress.finished(audited.outcome(), left.get(index));
          });
      lock.check();
      if (relates()) {
        relate(report, state);
      }
      describe(report, state);
      report.finish(job.settings(), lock::check);
      if (report.notAudited().isEmpty()) {
        lock.removeAll();
        pointTo();
      }
      return result(report.table(), report.models(), report.notAudited());
    }
  }

  private Result result(String table, List<ModelRow> models, List<PartialRun.Model> notAudited) {
    return new Result(
        runId,
        job.runFolder(),
        table,
        models,
        notAudited,
        new Result.Checked(job.policy().breaches(Result.verdicts(models)), job.policy().strict()),
        unchanged,
        digests);
  }

  /**
   * What is kept from run to run.
   *
   * @param kept by the last run; null with all that follows if nothing is kept
   */
  private record State(KeptModels kept, ContentKeys keys, ModelKeeper keeper) {}

  private State state() throws IOException {
    if (!job.incremental()) {
      return new State(null, null, null);
    }
    KeptModels kept = KeptModels.latest(store, out, job.name());
    ContentKeys keys = new ContentKeys(store, suspects, job.listed(), job.settings());
    digests = kept.digests();
    FileDigestTask.run(cluster, store, digests.unknown(keys.files()), digests::add);
    return new State(kept, keys, new ModelKeeper(store, out, job.name(), runId, kept, keys));
  }

  /** The suspects that no earlier run has done, neither this one nor the last of this job. */
  private List<Integer> left(RunReport report, State state, Progress progress) throws IOException {
    if (state.kept() == null) {
      return resume(report, progress);
    }
    // Before anything is resumed, so that what is resumed is kept too.
    report.keep(state.keeper());
    List<Integer> open = resume(report, progress);
    List<Integer> left =
        report.carry(state.kept(), open, index -> state.keys().key(index, digests), out);
    Set<Integer> still = Set.copyOf(left);
    List<Integer> taken = open.stream().filter(index -> !still.contains(index)).toList();
    if (!taken.isEmpty()) {
      unchanged = taken.stream().map(i -> suspects.get(i).id()).collect(Collectors.toSet());
      LOG.info(
          "{} of {} models are as they were in run {} and are taken from there",
          taken.size(),
          suspects.size(),
          state.kept().runId());
      progress.resumed(taken);
    }
    return left;
  }

  /** Holds suspects against suspects and references against references. */
  private void relate(RunReport report, State state) {
    Kinship.relate(
        cluster,
        suspects,
        report,
        this::references,
        new PairKeeper(runId, state.kept(), state.keeper(), state.keys(), digests));
  }

  /** Says on the page which job it was, of what time, and what the references were. */
  private void describe(RunReport report, State state) {
    job.newest()
        .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
        .ifPresent(time -> report.about("Newest file", time.toString()));
    List<String> references = new ArrayList<>();
    job.references()
        .forEach(
            (id, path) -> {
              String sha256 = state.keys() == null ? "" : state.keys().sha256(path, digests);
              String digest = sha256.isEmpty() ? "" : ", SHA-256 " + sha256.substring(0, 16) + "…";
              references.add("%s (%s%s)".formatted(id, path, digest));
            });
    int more = references.size() - REFERENCES_NAMED;
    report.about(
        references.size() == 1 ? "Reference" : "References",
        String.join("; ", references.subList(0, Math.min(REFERENCES_NAMED, references.size())))
            + (more > 0 ? " and " + more + " more" : ""));
  }

  /** Descriptions of all references. */
  private ReferenceSketches references() {
    if (sketches == null) {
      sketches = SketchTask.run(cluster, suspects, job.comparesLikely());
    }
    return sketches;
  }

  /** The suspects that this run had not done when it was interrupted. */
  private List<Integer> resume(RunReport report, Progress progress) throws IOException {
    List<Integer> resumed = report.resume(suspects.stream().map(Suspect::id).toList());
    if (!resumed.isEmpty()) {
      LOG.info(
          "run {} goes on: {} of {} models were done before",
          runId,
          resumed.size(),
          suspects.size());
      progress.resumed(resumed);
    }
    Set<Integer> done = Set.copyOf(resumed);
    return IntStream.range(0, suspects.size()).filter(i -> !done.contains(i)).boxed().toList();
  }

  /** What is known of the references of the suspects that are left. */
  private Fleet.Known known(List<Integer> left) throws IOException {
    List<Suspect> open = left.stream().map(suspects::get).toList();
    List<PairRequest> pairs = open.stream().flatMap(s -> s.pairs().stream()).toList();
    return new Fleet.Known(
        job.fingerprints().of(pairs), describes() ? references() : ReferenceSketches.none());
  }

  private boolean hasSeveralReferences() {
    return suspects.stream().anyMatch(suspect -> suspect.pairs().size() > 1);
  }

  /** Whether there are two models of a kind that may be relatives. */
  private boolean relates() {
    return job.relatesAll() && (suspects.size() > 1 || hasSeveralReferences());
  }

  /** Whether anything needs descriptions: likely references, or relatives. */
  private boolean describes() {
    return relates() || (hasSeveralReferences() && job.comparesLikely());
  }

  /** Points {@code latest.json} at this run. */
  private void pointTo() throws IOException {
    String pointer = out + "/latest.json";
    String json = "{\"runId\": \"%s\", \"run\": \"runs/%s\"}\n".formatted(runId, runId);
    store.replace(pointer, json.getBytes(StandardCharsets.UTF_8));
  }

  private Result finished() throws IOException {
    before = true;
    pointTo();
    digests = KeptModels.latest(store, out, job.name()).digests();
    ConsoleTable table = new ConsoleTable(CONSOLE_LINES);
    List<ModelRow> models = rows(store, job.runFolder());
    models.forEach(table::add);
    return result(table.render(), models, List.of());
  }

  static List<ModelRow> rows(HadoopStore store, String run) throws IOException {
    List<ModelRow> rows = new ArrayList<>();
    TextFile.lines(
        store,
        run + "/" + RunFolder.MODELS,
        line -> rows.add(JsonLinesReader.row(ModelRow.class, line)));
    return rows;
  }
}
