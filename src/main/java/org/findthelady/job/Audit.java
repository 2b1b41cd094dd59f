package org.findthelady.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.core.Pace;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.FileDigestTask;
import org.findthelady.fleet.Fleet;
import org.findthelady.fleet.StagedResults;
import org.findthelady.fleet.Suspect;
import org.findthelady.job.file.JobText;
import org.findthelady.pair.FingerprintFolder;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairRequest;
import org.findthelady.report.ConsoleTable;
import org.findthelady.report.JsonLinesReader;
import org.findthelady.report.JsonText;
import org.findthelady.report.ModelRow;
import org.findthelady.run.ContentKeys;
import org.findthelady.run.FileDigests;
import org.findthelady.run.KeptModels;
import org.findthelady.run.LiveLine;
import org.findthelady.run.ModelKeeper;
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

  /**
   * What came out.
   *
   * @param run folder of the run
   * @param table verdicts as text
   * @param models rows of the models that have a verdict
   * @param notAudited models that could not be looked at; a rerun tries these again
   * @param breaches what the job's policy does not allow, a line each
   * @param strict whether the job's policy fails a run with an unreadable model
   * @param carried models that have not changed since the last run and were taken from there
   */
  public record Result(
      String runId,
      String run,
      String table,
      List<ModelRow> models,
      List<PartialRun.Model> notAudited,
      List<String> breaches,
      boolean strict,
      int carried) {
    public Result {
      models = List.copyOf(models);
      notAudited = List.copyOf(notAudited);
      breaches = List.copyOf(breaches);
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
      return root;
    }

    /** For people. */
    public String text() {
      StringBuilder text = new StringBuilder(table).append('\n');
      if (!notAudited.isEmpty()) {
        notAudited.stream()
            .limit(CONSOLE_LINES)
            .forEach(model -> text.append(model.text()).append('\n'));
        text.append(
            ("\nThe run is not whole: %d models were not audited. %s/%s names them;"
                    + " a rerun tries them again.\n")
                .formatted(notAudited.size(), run, RunFolder.PARTIAL));
      }
      if (carried > 0) {
        text.append("carried ").append(carried).append(" models unchanged since the last run\n");
      }
      breaches.forEach(breach -> text.append("policy  ").append(breach).append('\n'));
      return text.append("report  ").append(run).append('/').append(RunFolder.PAGE) + "\n";
    }
  }

  private final HadoopStore store;
  private final Cluster cluster;
  private final AuditJob job;
  private final String out;
  private final String fingerprints;
  private final List<Suspect> suspects;
  private final String runId;
  private int carried;

  private Audit(HadoopStore store, Cluster cluster, String jobPath, String out, String fingerprints)
      throws IOException {
    this.store = store;
    this.cluster = cluster;
    JobText text = AuditJob.text(store, jobPath);
    this.out = AuditJob.out(text, out);
    this.fingerprints = AuditJob.fingerprints(text, fingerprints);
    this.job = AuditJob.read(store, text, this.out);
    job.requireOutside(this.out);
    this.runId = job.runId();
    this.suspects = job.suspects();
  }

  /**
   * Runs on the Spark application at hand, or on local Spark.
   *
   * @param out folder of runs; null for that of the job file
   * @param fingerprints folder of fingerprints of references of any size; null for that of the job
   *     file or, if it names none, to keep those of small references beside the runs and do without
   *     the others
   */
  public static Result run(
      String jobPath, String out, String fingerprints, Map<String, String> storage) {
    try {
      HadoopStore local = new HadoopStore(storage);
      AuditJob.look(local, jobPath, out);
      try (Cluster cluster = Cluster.open("ftl audit " + jobPath)) {
        return run(jobPath, out, fingerprints, storage, cluster);
      }
    } catch (IOException e) {
      throw Failure.of(jobPath, e);
    }
  }

  static Result run(
      String jobPath, String out, String fingerprints, Map<String, String> storage, Cluster cluster)
      throws IOException {
    Map<String, String> properties = new TreeMap<>(cluster.storageProperties());
    properties.putAll(storage);
    return new Audit(new HadoopStore(properties), cluster, jobPath, out, fingerprints).run();
  }

  private Result run() throws IOException {
    if (RunFolder.finished(store, job.runFolder())) {
      LOG.info("run {} is finished already; its inputs and settings have not changed", runId);
      return finished();
    }
    try (RunLock lock = RunLock.take(store, job.runFolder())) {
      if (RunFolder.finished(store, job.runFolder())) { // by another process, while this one waited
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
      List<Integer> left = left(report, progress);
      Fleet.run(
          cluster,
          left.stream().map(suspects::get).toList(),
          left.isEmpty() ? Fleet.Known.nothing() : known(left),
          (outcome, index) -> {
            lock.check();
            report.accept(outcome, left.get(index));
            progress.finished(outcome, left.get(index));
          });
      lock.check();
      report.finish(job.settings());
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
        job.policy().breaches(Result.verdicts(models)),
        job.policy().strict(),
        carried);
  }

  /** The suspects that no earlier run has done, neither this one nor the last of this job. */
  private List<Integer> left(RunReport report, Progress progress) throws IOException {
    if (!job.incremental()) {
      return resume(report, progress);
    }
    KeptModels kept = KeptModels.latest(store, out, job.name());
    ContentKeys keys = new ContentKeys(store, suspects, job.settings());
    FileDigests digests = kept.digests();
    FileDigestTask.run(cluster, store, digests.unknown(keys.files()), digests::add);
    // Before anything is resumed, so that what is resumed is kept too.
    report.keep(new ModelKeeper(store, out, job.name(), runId, keys, digests));
    List<Integer> open = resume(report, progress);
    List<Integer> left = report.carry(kept, open, index -> keys.key(index, digests), out);
    carried = open.size() - left.size();
    if (carried > 0) {
      LOG.info(
          "{} of {} models are as they were in run {} and are taken from there",
          carried,
          suspects.size(),
          kept.runId());
      Set<Integer> still = Set.copyOf(left);
      progress.resumed(open.stream().filter(i -> !still.contains(i)).toList());
    }
    return left;
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
    Map<String, ModelSketch> sketches = new TreeMap<>();
    for (int index : left) {
      List<PairRequest> pairs = suspects.get(index).pairs();
      if (pairs.size() > 1 && job.comparesLikely()) {
        pairs.forEach(
            pair ->
                sketches.computeIfAbsent(
                    pair.reference(), path -> ModelSketch.of(pair.store(), path)));
      }
    }
    return new Fleet.Known(fingerprints(), new ReferenceSketches(sketches));
  }

  private Fingerprints fingerprints() throws IOException {
    FingerprintFolder folder =
        fingerprints == null
            ? new FingerprintFolder(out + "/fingerprints", LocalExecution.LARGE_BYTES)
            : new FingerprintFolder(fingerprints, Long.MAX_VALUE);
    return folder.of(suspects.stream().flatMap(s -> s.pairs().stream()).toList());
  }

  /** Points {@code latest.json} at this run. */
  private void pointTo() throws IOException {
    String pointer = out + "/latest.json";
    String json = "{\"runId\": \"%s\", \"run\": \"runs/%s\"}\n".formatted(runId, runId);
    store.replace(pointer, json.getBytes(StandardCharsets.UTF_8));
  }

  private Result finished() throws IOException {
    pointTo();
    ConsoleTable table = new ConsoleTable(CONSOLE_LINES);
    List<ModelRow> models = rows(store, job.runFolder());
    models.forEach(table::add);
    return result(table.render(), models, List.of());
  }

  static List<ModelRow> rows(HadoopStore store, String run) throws IOException {
    String rows = TextFile.read(store, run + "/" + RunFolder.MODELS);
    return JsonLinesReader.rows(ModelRow.class, rows);
  }
}
