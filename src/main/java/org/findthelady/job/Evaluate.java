package org.findthelady.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.Experiments;
import org.findthelady.experiment.StoredModels;
import org.findthelady.experiment.StudySpec;
import org.findthelady.experiment.StudyTable;
import org.findthelady.experiment.Sweep;
import org.findthelady.experiment.SweepBatch;
import org.findthelady.report.Chapter;
import org.findthelady.report.JsonLinesWriter;
import org.findthelady.report.JsonText;
import org.findthelady.report.ParquetTableWriter;
import org.findthelady.report.ResultPage;
import org.findthelady.report.TableWriter;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.Task;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;

/**
 * Runs a sweep of perturbations over models, or several that make one page, the cells spread over
 * executors.
 */
public final class Evaluate {
  private Evaluate() {}

  /**
   * @param job file of a sweep, or of experiments that list sweeps
   * @param out folder to make
   * @param root folder that the sweeps' model paths start from
   */
  public record Request(String job, String out, String root, Map<String, String> storage) {}

  /** What came out. */
  public record Result(String out, int cells, int rows) {
    /** For programs. */
    public String json() {
      return JsonText.of(JsonText.tree(this));
    }

    /** For people. */
    public String text() {
      return "cells   %d%nrows    %d%nreport  %s/README.md and %s/index.html%n"
          .formatted(cells, rows, out, out);
    }
  }

  /** Runs on the Spark application at hand, or on local Spark. */
  public static Result run(Request request) {
    try {
      Preflight.ofLocal(new HadoopStore(request.storage()))
          .there(request.job())
          .there(request.root())
          .output(request.out());
      try (Cluster cluster = Cluster.open("ftl evaluate " + request.job())) {
        return run(request, cluster);
      }
    } catch (IOException e) {
      throw Failure.of(request.job(), e);
    }
  }

  static Result run(Request request, Cluster cluster) throws IOException {
    Map<String, String> properties = new TreeMap<>(cluster.storageProperties());
    properties.putAll(request.storage());
    HadoopStore store = new HadoopStore(properties);
    String out = Location.of(request.out()).path();
    if (store.stat(out).isPresent()) {
      throw new UserException(request.out() + ": something is there already");
    }
    Experiments experiments = experiments(store, request.job());
    List<Sweep> sweeps = new ArrayList<>();
    for (String chapter : experiments.chapters()) {
      sweeps.add(Sweep.read(chapter, new ByteArrayInputStream(bytes(store, chapter))));
    }
    String beside = Location.of(request.job()).parent().path();
    Models models = new Models(store, Location.of(request.root()).path(), beside);
    List<Chapter> chapters = new ArrayList<>();
    List<CellResult> all = new ArrayList<>();
    int cells = 0;
    for (int i = 0; i < sweeps.size(); i++) {
      Sweep sweep = sweeps.get(i);
      List<CellResult> rows = new ArrayList<>();
      String description = "Evaluating " + sweep.cells().size() + " cells of " + sweep.name();
      cluster.map(description, sweep.batches(), new RunBatch(models)).forEach(rows::addAll);
      List<StudyTable> studies =
          cluster.map(
              "Answering " + sweep.studies().size() + " studies of " + sweep.name(),
              sweep.studies(),
              new RunStudy(sweep, models));
      String prefix = sweeps.size() == 1 ? "" : stem(experiments.chapters().get(i)) + "-";
      chapters.add(Chapter.of(prefix, sweep, rows, studies));
      cells += sweep.cells().size();
      all.addAll(rows);
    }
    String made = "Made by ftl evaluate from its job file; do not edit.";
    write(store, out, new ResultPage(experiments.name(), made, experiments.notes(), chapters), all);
    return new Result(request.out(), cells, all.size());
  }

  /** The experiments that a file lists; a sweep alone is one chapter, without notes of the page. */
  private static Experiments experiments(Store store, String job) throws IOException {
    byte[] json = bytes(store, job);
    if (!Experiments.isIn(json)) {
      Sweep alone = Sweep.read(job, new ByteArrayInputStream(json));
      return new Experiments(alone.name(), List.of(), List.of(job));
    }
    Experiments listed = Experiments.read(job, json);
    String folder = Location.of(job).parent().path();
    return new Experiments(
        listed.name(),
        listed.notes(),
        listed.chapters().stream().map(chapter -> folder + "/" + chapter).toList());
  }

  private static byte[] bytes(Store store, String file) throws IOException {
    return TextFile.read(store, file).getBytes(StandardCharsets.UTF_8);
  }

  /** File name without folder and ending. */
  private static String stem(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replaceAll("\\.json$", "");
  }

  /** Where the models of a sweep are. */
  private record Models(HadoopStore store, String root, String beside) implements Serializable {
    StoredModels open() {
      return new StoredModels(store, root, beside);
    }
  }

  private record RunBatch(Models models) implements Task<SweepBatch, ArrayList<CellResult>> {
    @Override
    public ArrayList<CellResult> run(SweepBatch batch) throws IOException {
      return new ArrayList<>(batch.run(models.open()));
    }
  }

  private record RunStudy(Sweep sweep, Models models) implements Task<StudySpec, StudyTable> {
    @Override
    public StudyTable run(StudySpec study) throws IOException {
      return study.run(sweep, models.open());
    }
  }

  private static void write(Store store, String out, ResultPage page, List<CellResult> rows)
      throws IOException {
    try (TableWriter<CellResult> parquet =
            new ParquetTableWriter<>(
                "cells", CellResult.class, store.create(out + "/cells.parquet"));
        TableWriter<CellResult> lines =
            new JsonLinesWriter<>(CellResult.class, store.create(out + "/cells.jsonl"))) {
      for (CellResult row : rows) {
        parquet.add(row);
        lines.add(row);
      }
    }
    for (Map.Entry<String, String> chart : page.charts().entrySet()) {
      text(store, out + "/" + chart.getKey(), chart.getValue());
    }
    text(store, out + "/index.html", page.html());
    text(store, out + "/README.md", page.markdown());
  }

  private static void text(Store store, String path, String text) throws IOException {
    try (OutputStream stream = store.create(path)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
