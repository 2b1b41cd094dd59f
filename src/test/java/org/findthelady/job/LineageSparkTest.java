package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

/** How the models of a run are related: merges, steps after steps, and strangers' families. */
class LineageSparkTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    Files.createDirectories(folder.resolve("own"));
    Files.createDirectories(folder.resolve("in"));
    NamelessNetwork one = NamelessNetwork.of(1);
    NamelessNetwork two = NamelessNetwork.of(2);
    one.write(folder.resolve("own/one"));
    two.write(folder.resolve("own/two"));
    NamelessNetwork.of(3).write(folder.resolve("own/three"));
    one.noised(0.1, 4).shuffled(5).write(folder.resolve("own/child"));
    one.mixed(0.6f, two, 0.4f).shuffled(6).write(folder.resolve("in/merged"));
    one.mixed(0.9f, two, 0.1f).write(folder.resolve("in/little"));
    one.mixed(0.5f, two, 0.3f)
        .mixed(1, NamelessNetwork.of(3), 0.2f)
        .write(folder.resolve("in/of-three"));
    NamelessNetwork tuned = one.noised(0.2, 7);
    tuned.shuffled(8).write(folder.resolve("in/tuned"));
    tuned.pruned(0.5f).shuffled(9).write(folder.resolve("in/tuned-pruned"));
    one.noised(0.2, 10).shuffled(11).write(folder.resolve("in/sibling"));
    NamelessNetwork stranger = NamelessNetwork.of(99);
    stranger.write(folder.resolve("in/stranger"));
    stranger.pruned(0.5f).shuffled(12).write(folder.resolve("in/stranger-pruned"));
    NamelessNetwork.of(98).write(folder.resolve("in/alone"));
  }

  private Audit.Result run(String more) throws IOException {
    Path job = folder.resolve("job.json");
    Files.writeString(
        job,
        """
        {"name": "kin", %s "references": [{"glob": "own/*"}], "suspects": [{"glob": "in/*"}]}
        """
            .formatted(more));
    try (Cluster cluster = Cluster.open("test")) {
      return Audit.run(
          new Audit.Request(job.toString(), folder.resolve("out").toString(), null, Map.of()),
          cluster);
    }
  }

  private static List<String> lineage(Audit.Result result) throws IOException {
    List<String> relations = new ArrayList<>();
    for (JsonNode edge :
        JSON.readTree(Path.of(result.run(), "lineage.json").toFile()).path("relations")) {
      relations.add(
          "%s %s %s %s"
              .formatted(
                  edge.at("/from/id").asText(),
                  edge.path("directed").asBoolean() ? "->" : "--",
                  edge.at("/to/id").asText(),
                  edge.path("verdict").asText()));
    }
    return relations;
  }

  private static double share(Audit.Result result, String model, String reference)
      throws IOException {
    List<Double> shares = new ArrayList<>();
    TextFile.lines(
        new HadoopStore(),
        result.run() + "/" + TableWriter.jsonLines("pairs"),
        line -> {
          JsonNode row = JSON.readTree(line);
          if (row.path("model_id").asText().equals(model)
              && row.path("reference_id").asText().equals(reference)) {
            shares.add(row.path("share").asDouble(0));
          }
        });
    return shares.get(0);
  }

  @Test
  void relationsOfAllKindsAreFoundKeptAndChecked() throws IOException {
    Audit.Result result = run("");
    assertThat(lineage(result))
        .contains(
            "child -- one DERIVED",
            "one -- tuned DERIVED",
            "tuned -> tuned-pruned DERIVED",
            "stranger -> stranger-pruned DERIVED",
            "two -- merged DERIVED")
        .noneMatch(relation -> relation.contains("alone"))
        .noneMatch(relation -> relation.contains("tuned -- sibling"))
        .noneMatch(relation -> relation.contains("sibling -- tuned"));
    assertShares(result);
    HadoopStore store = new HadoopStore();
    String out = folder.resolve("out").toString();
    assertThat(OutputCheck.of(store, out).faults()).isEmpty();
    // A run with one more model takes what was matched from the last one, and a fresh run agrees.
    NamelessNetwork.of(97).write(folder.resolve("in/new"));
    Audit.Result second = run("");
    assertThat(second.carried()).isEqualTo(9);
    assertThat(lineage(second)).isEqualTo(lineage(result));
    assertThat(lineage(run("\"incremental\": false, "))).isEqualTo(lineage(result));
    assertThat(lineage(run("\"lineage\": \"references\", ")))
        .contains("one -- tuned DERIVED")
        .noneMatch(relation -> relation.contains("stranger"));
  }

  private static void assertShares(Audit.Result result) throws IOException {
    assertThat(share(result, "merged", "one")).isCloseTo(0.6, within(1e-3));
    assertThat(share(result, "merged", "two")).isCloseTo(0.4, within(1e-3));
    assertThat(share(result, "little", "two")).isCloseTo(0.1, within(1e-3));
    assertThat(share(result, "of-three", "three")).isCloseTo(0.2, within(1e-3));
    assertThat(share(result, "tuned", "one")).isZero();
    assertThat(share(result, "tuned", "child")).isZero();
    assertThat(result.models())
        .filteredOn(row -> row.names().modelId().equals("merged"))
        .first()
        .satisfies(row -> assertThat(row.reason()).contains("0.600 of 'one' and 0.400 of 'two'"));
  }
}
