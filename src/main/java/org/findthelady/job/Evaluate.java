package org.findthelady.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.lab.CellResult;
import org.findthelady.lab.StoredModels;
import org.findthelady.lab.StudySpec;
import org.findthelady.lab.StudyTable;
import org.findthelady.lab.Sweep;
import org.findthelady.lab.SweepCell;
import org.findthelady.report.JsonLinesWriter;
import org.findthelady.report.ParquetTableWriter;
import org.findthelady.report.SweepPage;
import org.findthelady.report.TableWriter;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.Task;
import org.findthelady.storage.HadoopStore;

/** Runs a sweep of perturbations over models, its cells spread over executors. */
public final class Evaluate {
  private Evaluate() {}

  /**
   * @param job the sweep's file
   * @param out folder to make
   * @param root folder that the sweep's model paths start from
   */
  public record Request(String job, String out, String root, Map<String, String> storage) {}

  /** What came out. */
  public record Result(String out, int cells, int rows) {
    /** For people. */
    public String text() {
      return "cells   %d%nrows    %d%nreport  %s/README.md and %s/index.html%n"
          .formatted(cells, rows, out, out);
    }
  }

  /** Runs on the Spark application at hand, or on local Spark. */
  public static Result run(Request request) {
    try (Cluster cluster = Cluster.open("ftl evaluate " + request.job())) {
      return run(request, cluster);
    } catch (IOException e) {
      throw new CheckpointException(
          CheckpointException.Reason.IO, request.job() + ": " + e.getMessage(), e);
    }
  }

  static Result run(Request request, Cluster cluster) throws IOException {
    Map<String, String> properties = new TreeMap<>(cluster.storageProperties());
    properties.putAll(request.storage());
    HadoopStore store = new HadoopStore(properties);
    String out = Manifest.absolute(request.out());
    if (store.stat(out).isPresent()) {
      throw new UserException(request.out() + ": something is there already");
    }
    String root = Manifest.absolute(request.root());
    byte[] json = Manifest.text(store, request.job()).getBytes(StandardCharsets.UTF_8);
    Sweep sweep = Sweep.read(request.job(), new ByteArrayInputStream(json));

    List<SweepCell> cells = sweep.cells();
    List<CellResult> rows = new ArrayList<>();
    String description = "Evaluating " + cells.size() + " cells of " + sweep.name();
    cluster.map(description, cells, new RunCell(store, root)).forEach(rows::addAll);
    List<StudyTable> studies =
        cluster.map(
            "Answering " + sweep.studies().size() + " studies",
            sweep.studies(),
            new RunStudy(sweep, store, root));
    write(store, out, new SweepPage(sweep, rows, studies), rows);
    return new Result(request.out(), cells.size(), rows.size());
  }

  private record RunCell(HadoopStore store, String root)
      implements Task<SweepCell, ArrayList<CellResult>> {
    @Override
    public ArrayList<CellResult> run(SweepCell cell) throws IOException {
      return new ArrayList<>(cell.run(new StoredModels(store, root)));
    }
  }

  private record RunStudy(Sweep sweep, HadoopStore store, String root)
      implements Task<StudySpec, StudyTable> {
    @Override
    public StudyTable run(StudySpec study) throws IOException {
      return study.run(sweep, new StoredModels(store, root));
    }
  }

  private static void write(Store store, String out, SweepPage page, List<CellResult> rows)
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
