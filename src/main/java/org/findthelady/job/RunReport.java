package org.findthelady.job;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Verdict;
import org.findthelady.report.ConsoleTable;
import org.findthelady.report.ModelFindings;
import org.findthelady.report.RunId;
import org.findthelady.report.RunSummary;
import org.findthelady.report.Timing;

/** Takes outcomes as they come and writes their rows in the manifest's order. */
final class RunReport implements Closeable {
  private static final int CONSOLE_LINES = 100;

  private final String runId;
  private final RunFolder folder;
  private final Instant startedAt = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final Map<Integer, PairOutcome> early = new HashMap<>();
  private final Map<String, Double> modelSeconds = new LinkedHashMap<>();
  private final EnumMap<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private final ConsoleTable console = new ConsoleTable(CONSOLE_LINES);
  private int next;
  private long failed;

  RunReport(Store store, String folder, String runId) throws IOException {
    this.runId = runId;
    this.folder = new RunFolder(store, folder);
  }

  /** Writes the report of a single pair into a folder of its own. */
  static void ofOne(Store store, String folder, PairOutcome outcome) throws IOException {
    Pair pair = outcome.pair();
    SortedMap<String, String> settings = settings(pair);
    String runId = RunId.of(List.of(pair.reference(), pair.suspect()), settings);
    try (RunReport report = new RunReport(store, folder, runId)) {
      report.accept(outcome, 0);
      report.finish(settings);
    }
  }

  /** What the rows of a pair depend on beside its inputs. */
  static SortedMap<String, String> settings(Pair pair) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("assign", pair.options().assign().name());
    settings.put("evidence", pair.options().evidence().name());
    settings.put("refine", Boolean.toString(pair.options().refine()));
    settings.put("seed", Long.toString(pair.options().seed()));
    return settings;
  }

  /** Publishes an outcome's model and keeps or writes its rows. */
  void accept(PairOutcome outcome, int index) {
    try {
      folder.publish(outcome);
      early.put(index, outcome);
      for (PairOutcome ready = early.remove(next); ready != null; ready = early.remove(next)) {
        write(ready);
        next++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(PairOutcome outcome) throws IOException {
    ModelFindings findings = Rows.of(runId, outcome);
    folder.add(findings);
    console.add(findings.model());
    verdicts.merge(outcome.verdict(), 1L, Long::sum);
    modelSeconds.put(outcome.pair().id(), outcome.seconds());
    failed += outcome.failed() ? 1 : 0;
  }

  /** Makes the run visible and returns its summary. */
  RunSummary finish(SortedMap<String, String> settings) throws IOException {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("ftl", Version.CURRENT);
    RunSummary summary =
        new RunSummary(runId, next, next - failed, 0, failed, verdicts, settings, versions);
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("total", (System.nanoTime() - startedNanos) / 1e9);
    folder.finish(summary, new Timing(runId, startedAt.toString(), seconds, modelSeconds));
    return summary;
  }

  /** The verdicts as a table of text. */
  String table() {
    return console.render();
  }

  /** The verdicts that occur. */
  List<Verdict> verdicts() {
    return List.copyOf(verdicts.keySet());
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
