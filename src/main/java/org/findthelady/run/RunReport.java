package org.findthelady.run;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.findthelady.candidate.Kin;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.Audited;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.report.ConsoleTable;
import org.findthelady.report.Lineage;
import org.findthelady.report.ModelNames;
import org.findthelady.report.ModelRow;
import org.findthelady.report.PairRow;
import org.findthelady.report.RunId;
import org.findthelady.report.RunSummary;
import org.findthelady.report.TableWriter;
import org.findthelady.report.Timing;
import org.findthelady.storage.DigestingStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes outcomes as they come and writes their rows in the manifest's order. */
public final class RunReport implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);
  private static final int CONSOLE_LINES = 100;

  private final String runId;
  private final Store store;
  private final String path;
  private final RunFolder folder;
  private final Journal journal;
  private final Instant startedAt = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final Map<Integer, FinishedModel> early = new HashMap<>();
  private final SortedMap<Integer, PartialRun.Model> notAudited = new TreeMap<>();
  private final Map<String, Double> modelSeconds = new LinkedHashMap<>();
  private final List<ModelRow> models = new ArrayList<>();
  private final List<Related> related = new ArrayList<>();
  private final EnumMap<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private final ConsoleTable console = new ConsoleTable(CONSOLE_LINES);
  private ModelKeeper keeper;
  private int next;
  private long failed;

  public RunReport(Store store, String folder, String runId) throws IOException {
    this.runId = runId;
    this.store = store;
    this.path = folder;
    this.journal = new Journal(store, RunFolder.journal(folder));
    this.folder = new RunFolder(store, folder);
  }

  /**
   * Writes the report of a single pair into a folder of its own. The re-synchronised model is not
   * part of it: it stands where the user wanted it.
   */
  public static void ofOne(Store store, String folder, PairOutcome outcome) throws IOException {
    PairRequest pair = outcome.pair();
    SortedMap<String, String> settings = MatchSettings.described(pair.options());
    String runId = RunId.of(List.of(pair.reference(), pair.suspect()), settings);
    try (RunReport report = new RunReport(store, folder, runId)) {
      Audited audited = new Audited(outcome, Kin.UNKNOWN);
      report.place(FinishedModel.of(runId, audited, ModelNames.Contents.UNKNOWN), 0);
      report.finish(settings, () -> {});
    }
  }

  /**
   * Takes the models that an earlier, unfinished run of the same id has done, its published models
   * being what it wrote.
   *
   * @param ids in the manifest's order
   * @return the indices of those that are done
   */
  public List<Integer> resume(List<String> ids) throws IOException {
    Map<String, FinishedModel> finished = journal.read();
    List<Integer> resumed = new ArrayList<>();
    for (int index = 0; index < ids.size(); index++) {
      FinishedModel model = finished.get(ids.get(index));
      if (model != null && isPublished(model)) {
        place(model, index);
        resumed.add(index);
      }
    }
    return resumed;
  }

  /**
   * Takes the models that the last run of the job has judged, if nothing that their rows depend on
   * has changed since.
   *
   * @param kept by that run
   * @param indices of the models that are to be done
   * @param keys what the rows of the models depend on
   * @param out folder of runs
   * @return the indices of those that are still to be done
   */
  public List<Integer> carry(
      KeptModels kept, List<Integer> indices, IntFunction<Optional<String>> keys, String out)
      throws IOException {
    CarriedModels carried = new CarriedModels(store, path, out + "/runs/" + kept.runId());
    List<Integer> left = new ArrayList<>();
    for (int index : indices) {
      Optional<String> key = keys.apply(index);
      Optional<FinishedModel> found =
          key.isEmpty() ? Optional.empty() : kept.find(key.get(), runId);
      Optional<FinishedModel> model =
          found.isEmpty() ? Optional.empty() : carried.take(found.get());
      if (model.isPresent()) {
        if (!model.get().written().isEmpty()) { // else a rerun finds it where it was found now
          journal.add(model.get());
        }
        place(model.get(), index);
      } else {
        left.add(index);
      }
    }
    return left;
  }

  /** From now on rows are kept for the next run too. */
  public void keep(ModelKeeper rows) {
    keeper = rows;
  }

  private boolean isPublished(FinishedModel model) {
    try {
      Map<String, String> digests = new HashMap<>();
      model.written().forEach((file, sha) -> digests.put(path + "/" + file, sha));
      DigestingStore.verify(store, digests);
      return true;
    } catch (IOException | CheckpointException e) {
      LOG.warn("{} is done again: {}", model.id(), e.getMessage());
      return false;
    }
  }

  /**
   * Publishes an outcome's model and keeps or writes its rows. A model that was not audited has no
   * rows and is not noted as done.
   */
  public void accept(Audited audited, int index) {
    PairOutcome outcome = audited.outcome();
    try {
      if (!outcome.audited()) {
        notAudited.put(
            index,
            new PartialRun.Model(
                outcome.pair().id(), outcome.notAudited().cause(), outcome.notAudited().reason()));
        writeReady();
        return;
      }
      folder.publish(outcome);
      ModelNames.Contents read =
          keeper == null ? ModelNames.Contents.UNKNOWN : keeper.contents(outcome.pair());
      FinishedModel model = FinishedModel.of(runId, audited, read);
      journal.add(model);
      place(model, index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void place(FinishedModel model, int index) throws IOException {
    early.put(index, model);
    writeReady();
  }

  private void writeReady() throws IOException {
    for (; early.containsKey(next) || notAudited.containsKey(next); next++) {
      FinishedModel ready = early.remove(next);
      if (ready != null) {
        write(ready);
        if (keeper != null) {
          keeper.add(ready, next);
        }
      }
    }
  }

  private void write(FinishedModel model) throws IOException {
    folder.add(model);
    console.add(model.findings().model());
    models.add(model.findings().model());
    related.add(Related.of(model));
    verdicts.merge(model.findings().model().verdict(), 1L, Long::sum);
    modelSeconds.put(model.id(), model.seconds());
    failed += model.failed() ? 1 : 0;
  }

  /**
   * Makes the run visible and returns the summary of the models that were audited. A run that is
   * not whole is visible as such: with {@code partial.json} instead of {@code run.json}.
   *
   * @param check throws if this process may not write here any more
   */
  public RunSummary finish(SortedMap<String, String> settings, Runnable check) throws IOException {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("ftl", Version.CURRENT);
    versions.put("tables", TableWriter.VERSION);
    versions.put("lineage", Lineage.VERSION);
    long audited = (long) next - notAudited.size();
    RunSummary summary =
        new RunSummary(runId, audited, audited - failed, 0, failed, verdicts, settings, versions);
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("total", (System.nanoTime() - startedNanos) / 1e9);
    Timing timing = new Timing(runId, startedAt.toString(), seconds, modelSeconds);
    if (keeper != null) {
      keeper.finish();
    }
    if (notAudited.isEmpty()) {
      folder.finish(summary, timing, check);
    } else {
      journal.flush();
      folder.finishPartly(summary, timing, new PartialRun(runId, next, notAudited()), check);
    }
    return summary;
  }

  /** The models without a verdict, in the manifest's order; empty if the run is whole. */
  public List<PartialRun.Model> notAudited() {
    return List.copyOf(notAudited.values());
  }

  /** The verdicts as a table of text. */
  public String table() {
    return console.render();
  }

  /** The rows of the models that have a verdict, in the manifest's order. */
  public List<ModelRow> models() {
    return List.copyOf(models);
  }

  /**
   * What the relatives of a model are found by.
   *
   * @param references that it has a common origin with; none if it is a merge of them
   */
  public record Related(ModelRow row, Kin kin, List<String> references) {
    private static Related of(FinishedModel model) {
      List<PairRow> copies =
          model.findings().pairs().stream()
              .filter(pair -> !pair.verdict().isEmpty())
              .filter(pair -> Verdict.valueOf(pair.verdict()).isCopy())
              .toList();
      boolean merge = copies.stream().anyMatch(pair -> pair.measured().share() != null);
      return new Related(
          model.findings().model(),
          model.kin(),
          merge ? List.of() : copies.stream().map(PairRow::referenceId).toList());
    }
  }

  /** The models that have a verdict, with what their relatives are found by. */
  public List<Related> related() {
    return List.copyOf(related);
  }

  /** Adds a line to what stands above the models on the page. */
  public void about(String name, String value) {
    folder.about(name, value);
  }

  /** How the models are related, to be added to before the run is finished. */
  public Lineage lineage() {
    return folder.lineage();
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
