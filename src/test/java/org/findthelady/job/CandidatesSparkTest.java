package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.report.TableWriter;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suspect is held against the references that it may come from, and against all if none fits. */
class CandidatesSparkTest {
  private static final int REFERENCES = 5;

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    Files.createDirectories(folder.resolve("own"));
    Files.createDirectories(folder.resolve("in"));
    for (int seed = 0; seed < REFERENCES; seed++) {
      NamelessNetwork.of(seed).write(folder.resolve("own/r" + seed));
    }
    NamelessNetwork.of(2).shuffled(7).write(folder.resolve("in/shuffled"));
    NamelessNetwork.of(3).noised(0.1, 8).shuffled(9).write(folder.resolve("in/noised"));
    NamelessNetwork.of(99).write(folder.resolve("in/unrelated"));
  }

  private Audit.Result run(String compare) throws IOException {
    Path job = folder.resolve(compare + ".json");
    Files.writeString(
        job,
        """
        {"name": "%s", "compare": "%s", "references": [{"glob": "own/*"}],
         "suspects": [{"glob": "in/*"}]}
        """
            .formatted(compare, compare));
    try (Cluster cluster = Cluster.open("test")) {
      return Audit.run(
          new Audit.Request(
              job.toString(), folder.resolve("out-" + compare).toString(), null, Map.of()),
          cluster);
    }
  }

  private static List<JsonNode> rows(Audit.Result result, String table) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    TextFile.lines(
        new HadoopStore(),
        result.run() + "/" + TableWriter.jsonLines(table),
        line -> rows.add(JsonMapper.builder().build().readTree(line)));
    return rows;
  }

  private static String summary(JsonNode row) {
    return "%s %s %d"
        .formatted(
            row.get("model_id").asText(),
            row.get("reference_id").asText(),
            row.get("references_compared").asInt());
  }

  @Test
  void theRightReferenceIsFoundWithoutMatchingTheOthers() throws IOException {
    Audit.Result likely = run("likely");
    assertThat(rows(likely, "models"))
        .extracting(CandidatesSparkTest::summary)
        .containsExactly("noised r3 1", "shuffled r2 1", "unrelated none fits 5");
    List<JsonNode> pairs = rows(likely, "pairs");
    assertThat(pairs).hasSize(3 * REFERENCES);
    assertThat(pairs.get(0).get("reason").asText())
        .startsWith("not compared: fingerprint distance");
    assertThat(pairs.get(0).get("fingerprint_distance").asDouble()).isGreaterThan(0.6);
    assertThat(pairs.get(3).get("fingerprint_distance").asDouble()).isLessThan(0.3);
    String out = folder.resolve("out-likely").toString();
    assertThat(OutputCheck.of(new HadoopStore(), out).faults()).isEmpty();
  }

  @Test
  void theCutChangesNoVerdict() throws IOException {
    List<JsonNode> all = rows(run("all"), "models");
    assertThat(all)
        .extracting(CandidatesSparkTest::summary)
        .containsExactly("noised r3 5", "shuffled r2 5", "unrelated none fits 5");
    List<JsonNode> likely = rows(run("likely"), "models");
    for (int i = 0; i < all.size(); i++) {
      assertThat(likely.get(i).get("verdict")).isEqualTo(all.get(i).get("verdict"));
      assertThat(likely.get(i).get("cosine")).isEqualTo(all.get(i).get("cosine"));
    }
  }
}
