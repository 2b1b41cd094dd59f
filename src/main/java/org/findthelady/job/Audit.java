package org.findthelady.job;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.report.ConsoleTable;
import org.findthelady.report.ModelRow;
import org.findthelady.report.RunId;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges every suspect of a job file and writes a run's tables. */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final int CONSOLE_LINES = 100;
  private static final JsonMapper ROWS =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * What came out.
   *
   * @param run folder of the run
   * @param table verdicts as text
   */
  public record Result(String runId, String run, String table, Set<Verdict> verdicts) {
    /** For people. */
    public String text() {
      return table + "\nreport  " + run + "/" + RunFolder.PAGE + "\n";
    }
  }

  private final HadoopStore store;
  private final Cluster cluster;
  private final JobFile job;
  private final String out;
  private final List<Suspect> suspects;
  private final String runId;

  private Audit(HadoopStore store, Cluster cluster, String jobPath, String out) throws IOException {
    this.store = store;
    this.cluster = cluster;
    this.out = Manifest.absolute(out);
    this.job = JobFile.parse(Manifest.text(store, jobPath), jobPath);
    String folder = Manifest.parent(store.stat(jobPath).orElseThrow().path());
    List<Manifest.Line> lines = Manifest.of(job, folder, store);
    Map<String, JobFile.Reference> references = references(folder);
    this.runId = RunId.of(inputs(lines, references), settings());
    this.suspects = lines.stream().map(line -> suspect(line, references)).toList();
  }

  /** Runs on the Spark application at hand, or on local Spark. */
  public static Result run(String jobPath, String out, Map<String, String> storage) {
    try (Cluster cluster = Cluster.open("ftl audit " + jobPath)) {
      return run(jobPath, out, storage, cluster);
    } catch (IOException e) {
      throw new CheckpointException(
          CheckpointException.Reason.IO, jobPath + ": " + e.getMessage(), e);
    }
  }

  static Result run(String jobPath, String out, Map<String, String> storage, Cluster cluster)
      throws IOException {
    Map<String, String> properties = new TreeMap<>(cluster.storageProperties());
    properties.putAll(storage);
    return new Audit(new HadoopStore(properties), cluster, jobPath, out).run();
  }

  private Result run() throws IOException {
    if (RunFolder.finished(store, runFolder())) {
      LOG.info("run {} is finished already; its inputs and settings have not changed", runId);
      return finished();
    }
    RunLock lock = RunLock.take(store, runFolder());
    try (lock;
        RunReport report = new RunReport(store, runFolder(), runId)) {
      int[] done = new int[1];
      Fleet.run(
          cluster,
          suspects,
          (outcome, index) -> {
            report.accept(outcome, index);
            LOG.info(
                "{} of {}: {} {}",
                ++done[0],
                suspects.size(),
                outcome.pair().id(),
                outcome.verdict());
          });
      report.finish(settings());
      pointTo();
      return new Result(runId, runFolder(), report.table(), Set.copyOf(report.verdicts()));
    }
  }

  private String runFolder() {
    return out + "/runs/" + runId;
  }

  private Map<String, JobFile.Reference> references(String folder) {
    Map<String, JobFile.Reference> references = new TreeMap<>();
    for (JobFile.Reference reference : job.references()) {
      String path = Manifest.resolve(folder, reference.path());
      PairAudit.requireReference(store, reference.id(), path);
      references.put(
          reference.id(),
          new JobFile.Reference(reference.id(), path, reference.architecture(), reference.graph()));
    }
    return references;
  }

  private SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("assign", job.assign());
    settings.put("evidence", job.evidence());
    settings.put("job", job.name());
    settings.put("resync", Boolean.toString(job.resync()));
    settings.put("seed", Long.toString(job.seed()));
    settings.put("ftl", Version.CURRENT);
    return settings;
  }

  private List<String> inputs(List<Manifest.Line> lines, Map<String, JobFile.Reference> references)
      throws IOException {
    List<String> inputs = new ArrayList<>();
    for (JobFile.Reference reference : references.values()) {
      inputs.add(reference + "|" + fingerprint(reference.path()));
    }
    for (Manifest.Line line : lines) {
      inputs.add(line + "|" + fingerprint(line.path()));
    }
    return inputs;
  }

  private String fingerprint(String path) throws IOException {
    FileInfo location = store.stat(path).orElse(null);
    if (location == null) {
      return "missing";
    }
    StringBuilder text = new StringBuilder();
    for (FileInfo file : location.folder() ? store.list(path) : List.of(location)) {
      text.append(RunFolder.fingerprint(file)).append('\n');
    }
    return text.toString();
  }

  private Suspect suspect(Manifest.Line line, Map<String, JobFile.Reference> references) {
    MatchOptions options = Matching.options(job.evidence(), job.assign(), job.seed());
    List<Pair> pairs = new ArrayList<>();
    for (JobFile.Reference reference : references.values()) {
      if (line.reference() == null || line.reference().equals(reference.id())) {
        pairs.add(
            new Pair(
                line.id(),
                reference.path(),
                line.path(),
                new StructureChoice(reference.architecture(), reference.graph()),
                options,
                store,
                line.truth(),
                job.resync() ? RunFolder.stage(runFolder(), line.id()) : null));
      }
    }
    if (pairs.isEmpty()) {
      throw new UserException(
          "suspect '%s': no reference '%s', there are only %s"
              .formatted(line.id(), line.reference(), references.keySet()));
    }
    return new Suspect(pairs, Suspect.bytes(store, line.path()));
  }

  /** Points {@code latest.json} at this run. */
  private void pointTo() throws IOException {
    String pointer = out + "/latest.json";
    store.delete(pointer);
    try (OutputStream stream = store.create(pointer)) {
      String json = "{\"runId\": \"%s\", \"run\": \"runs/%s\"}%n".formatted(runId, runId);
      stream.write(json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Result finished() throws IOException {
    ConsoleTable table = new ConsoleTable(CONSOLE_LINES);
    Set<Verdict> verdicts = new TreeSet<>();
    for (ModelRow row : rows(store, runFolder())) {
      table.add(row);
      verdicts.add(row.verdict());
    }
    return new Result(runId, runFolder(), table.render(), verdicts);
  }

  /** The verdict of every model of a finished run on this machine. */
  static Map<String, Verdict> verdicts(Result result) throws IOException {
    Map<String, Verdict> verdicts = new TreeMap<>();
    for (ModelRow row : rows(new HadoopStore(), result.run())) {
      verdicts.put(row.modelId(), row.verdict());
    }
    return verdicts;
  }

  static List<ModelRow> rows(HadoopStore store, String run) throws IOException {
    String rows = Manifest.text(store, run + "/" + RunFolder.MODELS);
    try (MappingIterator<ModelRow> models = ROWS.readerFor(ModelRow.class).readValues(rows)) {
      return models.readAll();
    }
  }
}
