package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.core.UserException;
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.StoredModels;
import org.findthelady.experiment.Sweep;
import org.findthelady.experiment.SweepCell;
import org.findthelady.report.JsonLinesWriter;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateSparkTest {
  private static final String SWEEP =
      """
      {"name": "%s", "seeds": 2, "network-seeds": 2,
       "protocols": ["layer", "network", "everything"], "methods": ["paper", "ftl", "limit"],
       "models": [{"name": "a", "layer": {"neurons": 24, "width": 18, "others": 9, "terms": 2}},
                  {"name": "b", "layer": {"neurons": 16, "width": 40, "terms": 1, "dead": 1}}],
       "attacks": [{"kind": "noise", "strengths": [1, 4]},
                   {"kind": "prune", "strengths": [95]}, {"kind": "bits", "strengths": [1.58]}]}
      """;

  @TempDir private Path folder;

  private Map<String, String> run(String out) throws IOException {
    Files.writeString(folder.resolve("one.json"), SWEEP.formatted("first"));
    Files.writeString(folder.resolve("two.json"), SWEEP.formatted("second"));
    Path job = folder.resolve("all.json");
    Files.writeString(job, "{\"name\": \"all\", \"chapters\": [\"one.json\", \"two.json\"]}");
    Path made = folder.resolve(out);
    Evaluate.Result result =
        Evaluate.run(
            new Evaluate.Request(job.toString(), made.toString(), folder.toString(), Map.of()));
    assertThat(result.cells()).isEqualTo(2 * 2 * 3 * 2 * 4);
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(made)) {
      for (Path path : paths.toList()) {
        files.put(
            path.getFileName().toString(), Files.readString(path, StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @Test
  void chaptersMakeOnePageAndARerunMakesTheSameBytes() throws Exception {
    Map<String, String> files = run("out");
    assertThat(files).containsKeys("README.md", "index.html", "cells.parquet", "cells.jsonl");
    assertThat(files).containsKeys("one-layer-noise-paper.svg", "two-everything-a-noise.svg");
    assertThat(files.get("README.md")).contains("## first", "## second", "information limit");
    assertThat(run("again")).isEqualTo(files);
  }

  @Test
  void cellsAreTheSameInAnyOrderAndCompany() throws Exception {
    String lines = run("out").get("cells.jsonl");
    Sweep sweep =
        Sweep.read(
            "s",
            new ByteArrayInputStream(SWEEP.formatted("first").getBytes(StandardCharsets.UTF_8)));
    List<SweepCell> backwards = new ArrayList<>(sweep.cells());
    Collections.reverse(backwards);
    List<List<CellResult>> results = new ArrayList<>();
    for (SweepCell cell : backwards) {
      results.add(cell.run(new StoredModels(new HadoopStore(), folder.toString())));
    }
    Collections.reverse(results);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonLinesWriter<CellResult> writer = new JsonLinesWriter<>(CellResult.class, bytes)) {
      for (List<CellResult> rows : results) {
        for (CellResult row : rows) {
          writer.add(row);
        }
      }
    }
    assertThat(lines).startsWith(bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void namesWhatIsWrongWithAListOfChapters() throws IOException {
    Path job = folder.resolve("all.json");
    Files.writeString(job, "{\"name\": \"all\", \"chapters\": [\"gone.json\"], \"extra\": 1}");
    Evaluate.Request request =
        new Evaluate.Request(
            job.toString(), folder.resolve("out").toString(), folder.toString(), Map.of());
    assertThatThrownBy(() -> Evaluate.run(request))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("all.json")
        .hasMessageContaining("extra");
  }
}
