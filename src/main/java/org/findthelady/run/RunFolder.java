package org.findthelady.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.pair.PairOutcome;
import org.findthelady.report.AuditPage;
import org.findthelady.report.FindingRow;
import org.findthelady.report.GroupRow;
import org.findthelady.report.JsonLinesWriter;
import org.findthelady.report.LayerRow;
import org.findthelady.report.Lineage;
import org.findthelady.report.ModelFindings;
import org.findthelady.report.ModelRow;
import org.findthelady.report.NeuronRow;
import org.findthelady.report.PageLimits;
import org.findthelady.report.PairRow;
import org.findthelady.report.ParquetTableWriter;
import org.findthelady.report.RunSummary;
import org.findthelady.report.TableWriter;
import org.findthelady.report.Timing;
import org.findthelady.storage.TextFile;

/**
 * The files of one run: {@code models}, {@code groups}, {@code layers}, {@code neurons}, {@code
 * findings} and {@code pairs} as Parquet and JSON Lines, {@code run.json}, {@code timing.json},
 * {@code index.html} and, if models were written, {@code SHA256SUMS}. All are written under {@code
 * _staging} and become visible together, {@code run.json} last: a folder with a run.json is a
 * finished run. One with a {@code partial.json} instead holds the tables of the models that could
 * be looked at.
 */
public final class RunFolder implements Closeable {
  static final String SUMMARY = "run.json";

  /** What a run that is not whole has instead of {@link #SUMMARY}. */
  public static final String PARTIAL = "partial.json";

  public static final String PAGE = AuditPage.FIRST;
  public static final String MODELS = TableWriter.jsonLines("models");

  /** SHA-256 of every published file, as {@code sha256sum -c} reads it. */
  static final String SUMS = "SHA256SUMS";

  private static final String TIMING = "timing.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STAGING = "/_staging";
  private static final String TABLES = STAGING + "/tables";

  /** What a process that dies may leave in the folder of a finished run. */
  static final Set<String> LEFTOVERS = Set.of("_staging", "_lock", PARTIAL);

  private static final int BUFFER = 1 << 16;
  private static final String MODELS_FOLDER = "models/";

  private final Store store;
  private final String folder;
  private final String tables;
  private final List<String> names = new ArrayList<>();
  private final List<TableWriter<?>> writers = new ArrayList<>();
  private final List<TableWriter<ModelRow>> models;
  private final List<TableWriter<GroupRow>> groups;
  private final List<TableWriter<LayerRow>> layers;
  private final List<TableWriter<NeuronRow>> neurons;
  private final List<TableWriter<FindingRow>> findings;
  private final List<TableWriter<PairRow>> pairs;
  private final StringBuilder sums = new StringBuilder();
  private final Set<String> published = new HashSet<>();
  private final AuditPage page = new AuditPage(PageLimits.standard(), this::create);

  /**
   * Starts a run's files; what an earlier, unfinished run left half-written is removed.
   *
   * @param folder of this run alone
   */
  RunFolder(Store store, String folder) throws IOException {
    this.store = store;
    this.folder = folder;
    this.tables = folder + TABLES + "/" + UUID.randomUUID();
    store.delete(folder + TABLES);
    store.delete(folder + STAGING + "/models");
    models = table("models", ModelRow.class);
    groups = table("groups", GroupRow.class);
    layers = table("layers", LayerRow.class);
    neurons = table("neurons", NeuronRow.class);
    findings = table("findings", FindingRow.class);
    pairs = table("pairs", PairRow.class);
  }

  private <R extends Record> List<TableWriter<R>> table(String name, Class<R> row)
      throws IOException {
    List<TableWriter<R>> both =
        List.of(
            new ParquetTableWriter<>(name, row, create(name + ".parquet")),
            new JsonLinesWriter<>(row, jsonLines(name)));
    writers.addAll(both);
    return both;
  }

  private OutputStream jsonLines(String table) throws IOException {
    OutputStream out = create(TableWriter.jsonLines(table));
    return TableWriter.jsonLines(table).endsWith(".gz") ? new GZIPOutputStream(out, BUFFER) : out;
  }

  private OutputStream create(String name) throws IOException {
    names.add(name);
    return store.create(tables + "/" + name);
  }

  /**
   * Where a re-synchronised model is written before it is published: in an object store where it
   * stays, since nobody looks at a model there before the run says that it is one of its own.
   *
   * @param name of the written model, which it keeps when it is published
   */
  public static String stage(Store store, String folder, String name) {
    return staged(store, folder, MODELS_FOLDER + safeName(name));
  }

  /** The stage of a model that is published at a place below the run's folder. */
  static String staged(Store store, String folder, String published) {
    return store.keepsObjects(folder)
        ? folder + "/" + published
        : folder + STAGING + "/" + published;
  }

  /** Where executors leave results that are too large to be sent to the driver. */
  public static String results(String folder) {
    return folder + STAGING + "/results";
  }

  /** Where the run keeps what it has done, until it is finished. */
  static String journal(String folder) {
    return folder + STAGING + "/journal";
  }

  /** Where a model that is on a stage is in the end, below the run's folder. */
  static String published(String stage) {
    return MODELS_FOLDER + stage.substring(stage.lastIndexOf('/') + 1);
  }

  /** The model, below the run's folder, that a published file belongs to. */
  static String modelOf(String file) {
    int end = file.indexOf('/', MODELS_FOLDER.length());
    return end < 0 ? file : file.substring(0, end);
  }

  /** Adds a model's rows; in the manifest's order. */
  void add(FinishedModel model) throws IOException {
    ModelFindings findings = model.findings();
    model.written().keySet().forEach(file -> published.add(modelOf(file)));
    new TreeMap<>(model.written())
        .forEach((path, sha) -> sums.append(sha).append("  ").append(path).append('\n'));
    addAll(models, List.of(findings.model()));
    addAll(groups, findings.groups());
    addAll(layers, findings.layers());
    addAll(neurons, findings.neurons());
    addAll(this.findings, findings.findings());
    addAll(pairs, findings.pairs());
    page.add(findings, model.detail());
  }

  private static <R extends Record> void addAll(List<TableWriter<R>> writers, List<R> rows)
      throws IOException {
    for (TableWriter<R> writer : writers) {
      for (R row : rows) {
        writer.add(row);
      }
    }
  }

  void about(String name, String value) {
    page.about(name, value);
  }

  /** How the models are related. */
  Lineage lineage() {
    return page.lineage();
  }

  /** Makes a model visible, if it was written; whoever wrote it has read it back. */
  void publish(PairOutcome outcome) throws IOException {
    if (outcome.written().isEmpty()) {
      return;
    }
    String target = folder + "/" + published(outcome.pair().stage());
    if (target.equals(outcome.pair().stage())) {
      return;
    }
    store.supersede(outcome.pair().stage(), target);
  }

  /**
   * Writes the summary and makes the run visible.
   *
   * @param check throws if this process may not write here any more
   */
  void finish(RunSummary summary, Timing timing, Runnable check) throws IOException {
    writeRest(summary, timing);
    try (OutputStream out = create(SUMMARY)) {
      summary.write(out);
    }
    publish(check);
    tidy(store, folder);
  }

  /** Whether there is anything in the folder of a finished run that is not of it. */
  public static boolean isTidy(Store store, String folder) throws IOException {
    return store.list(folder).stream().noneMatch(file -> LEFTOVERS.contains(file.name()));
  }

  /** Removes from the folder of a finished run what is not of it, but for the lock. */
  public static void tidy(Store store, String folder) throws IOException {
    store.delete(folder + "/" + PARTIAL);
    store.delete(folder + STAGING);
  }

  /**
   * Makes what there is of a run visible, without a summary: the run is not finished. Its journal
   * stays, so that a rerun does what is left.
   *
   * @param check throws if this process may not write here any more
   */
  void finishPartly(RunSummary summary, Timing timing, PartialRun partial, Runnable check)
      throws IOException {
    for (PartialRun.Model model : partial.notAudited()) {
      page.add(new AuditPage.Missed(model.model(), model.cause().name(), model.reason()));
    }
    writeRest(summary, timing);
    try (OutputStream out = create(PARTIAL)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(partial));
      out.write('\n');
    }
    publish(check);
    store.delete(folder + TABLES);
    store.delete(results(folder));
    store.delete(folder + STAGING + "/models");
  }

  private void writeRest(RunSummary summary, Timing timing) throws IOException {
    close();
    page.write(summary);
    try (OutputStream out = create(Lineage.FILE)) {
      out.write(page.lineage().json(summary.runId()).getBytes(StandardCharsets.UTF_8));
    }
    try (OutputStream out = create(TIMING)) {
      timing.write(out);
    }
    if (!sums.isEmpty()) {
      try (OutputStream out = create(SUMS)) {
        out.write(sums.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Removes from an object store what a try wrote that did not count in the end. */
  private void removeUnlisted() throws IOException {
    String models = folder + "/models";
    if (!store.keepsObjects(models) || store.stat(models).isEmpty()) {
      return;
    }
    for (FileInfo model : store.list(models)) {
      if (!published.contains("models/" + model.name())) {
        store.delete(model.path());
      }
    }
  }

  /** A process that lost its lock while it slept finds its tables gone, and takes nothing away. */
  private void publish(Runnable check) throws IOException {
    check.run();
    removeUnlisted();
    int last = names.size() - 1;
    PublishedFiles files = new PublishedFiles(store, tables, folder, check);
    files.publish(names.subList(0, last));
    files.publish(names.subList(last, names.size()));
  }

  @Override
  public void close() throws IOException {
    for (TableWriter<?> writer : writers) {
      writer.close();
    }
  }

  /** Whether a folder holds a finished run. */
  public static boolean finished(Store store, String folder) throws IOException {
    return store.stat(folder + "/" + SUMMARY).filter(f -> !f.folder()).isPresent();
  }

  /** Whether a folder holds a run, finished or not. */
  static boolean isRun(Store store, String folder) throws IOException {
    if (finished(store, folder)) {
      return true;
    }
    for (String left : LEFTOVERS) {
      if (store.stat(folder + "/" + left).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** When a run began, ISO-8601 in UTC. */
  public static String startedAt(Store store, String folder) throws IOException {
    return JSON.readTree(TextFile.read(store, folder + "/" + TIMING)).path("startedAt").asText();
  }

  /** How the models of a run are related. */
  public static List<Lineage.Relation> relations(Store store, String folder) throws IOException {
    return Lineage.relations(JSON.readTree(TextFile.read(store, folder + "/" + Lineage.FILE)));
  }

  /** A model's id as one path segment: never a path, whatever is in it. */
  public static String safeName(String modelId) {
    String encoded = URLEncoder.encode(modelId, StandardCharsets.UTF_8);
    return encoded.startsWith(".") ? "%2E" + encoded.substring(1) : encoded;
  }
}
