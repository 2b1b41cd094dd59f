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
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.findthelady.fleet.PairWork;
import org.findthelady.fleet.PairWorks;
import org.findthelady.fleet.SparkExecution;
import org.findthelady.fleet.Suspect;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was planned beside what was done. */
class PlanSparkTest {
  @TempDir private Path folder;

  @Test
  void foreseesTasksAndBytesOfAFleet() throws IOException {
    Path reference = TestModels.silero(folder);
    Files.createDirectories(folder.resolve("models"));
    for (int seed = 1; seed <= 9; seed++) {
      shuffle(reference, folder.resolve("models/m" + seed + ".safetensors"), seed);
    }
    Files.write(folder.resolve("models/broken.safetensors"), new byte[] {1, 2, 3});
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "planned", "incremental": false, "lineage": "references", "suspects": [{"glob": "models/*"}],
             "references": [{"id": "silero", "path": "%s"}]}
            """
                .formatted(reference.getFileName()));

    try (Cluster cluster = Cluster.open("plan")) {
      Plan plan = Plan.of(request(job.toString(), null, null, cluster.slots()));
      Audit.Result result =
          Audit.run(
              new Audit.Request(job.toString(), folder.resolve("out").toString(), null, Map.of()),
              cluster);

      List<ModelRow> rows = Audit.rows(new HadoopStore(), result.run());
      assertThat(plan.steps()).hasSize(1);
      Plan.Step step = plan.steps().get(0);
      assertThat(step.models()).isEqualTo(rows.size());
      assertThat(step.tasks()).isEqualTo(cluster.tasksStarted());
      assertThat(step.bytes())
          .isEqualTo(rows.stream().mapToLong(row -> row.size().bytesRead()).sum());
      assertThat(plan.text()).contains("broken.safetensors").contains("about");
      JsonNode json = JsonMapper.builder().build().readTree(plan.json());
      assertThat(json.at("/steps/0/tasks").asLong()).isEqualTo(step.tasks());
      assertThat(json.at("/seconds").asDouble()).isBetween(3.0, 60.0);
    }
  }

  @Test
  void resultsOfOursAreNotAmongTheModelsThatArePlanned() throws IOException {
    Path reference = TestModels.silero(folder);
    shuffle(reference, folder.resolve("a.safetensors"), 1);
    Path written = Files.createDirectories(folder.resolve("audits/runs/0123/models"));
    shuffle(reference, written.resolve("b.safetensors"), 2);
    FirstJob.write(folder.toString(), List.of(reference.toString()), null, Map.of());
    Plan plan = Plan.of(request(folder.resolve("job.json").toString(), null, null, 1));
    assertThat(plan.steps()).hasSize(1);
    assertThat(plan.steps().get(0).models()).isEqualTo(1);
  }

  @Test
  void auditsSomeOfManyModelsAndForeseesTheirRelatives() throws IOException {
    Path reference = TestModels.silero(folder);
    Files.createDirectories(folder.resolve("models"));
    Path changed = folder.resolve("changed.safetensors");
    Perturb.run(
        new Permute.Request(
            reference.toString(), changed.toString(), 1, null, StructureChoice.AUTOMATIC, Map.of()),
        Perturb.Settings.noise(null, true).with("bits", 8.0));
    for (int seed = 1; seed <= 32; seed++) {
      shuffle(changed, folder.resolve("models/m" + seed + ".safetensors"), seed);
    }
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "planned", "suspects": [{"glob": "models/*"}],
             "references": [{"id": "silero", "path": "%s"}]}
            """
                .formatted(reference.getFileName()));

    Plan plan = Plan.of(request(job.toString(), null, null, 2));

    JsonNode json = JsonMapper.builder().build().readTree(plan.json());
    assertThat(json.get("modelsAudited").asInt()).isEqualTo(4);
    assertThat(plan.steps()).extracting(Plan.Step::what).contains("pairs of relatives");
    assertThat(plan.steps().get(1).models()).isEqualTo(64);
    assertThat(plan.text()).contains("4 of the models were audited for it");
    assertThat(Files.exists(folder.resolve("plan"))).isFalse();
  }

  @Test
  void foreseesASpreadPairWithinAFactorOfTwo() throws IOException {
    Path reference = TestModels.resnet20(folder);
    Path suspect = folder.resolve("suspect.safetensors");
    shuffle(reference, suspect, 4);
    PairRequest pair =
        new PairRequest(
            "suspect",
            reference.toString(),
            suspect.toString(),
            StructureChoice.AUTOMATIC,
            MatchOptions.defaults(),
            new HadoopStore(),
            null,
            null);
    PairWork work =
        new PairWorks()
            .of(
                new Suspect(List.of(pair), List.of("r"), List.of(), 1, List.of()),
                new ArrayList<>());
    try (Cluster cluster = Cluster.open("plan")) {
      PairOutcome outcome =
          new PairAudit()
              .audit(pair, new SparkExecution(cluster, cluster.places(), Fingerprints.none()));
      double tasks = (double) cluster.tasksStarted() / work.spreadTasks();
      double bytes = (double) outcome.bytesRead() / work.spreadBytes();
      assertThat(tasks).isBetween(0.5, 2.0);
      assertThat(bytes).isBetween(0.5, 2.0);
    }
  }

  @Test
  void wantsAJobOrAPair() {
    assertThat(Main.run("plan")).isEqualTo(2);
    assertThat(Main.run("plan", "--reference", "a")).isEqualTo(2);
    assertThat(Main.run("plan", "--job", "j", "--suspect", "b")).isEqualTo(2);
  }

  private static Plan.Request request(String job, String reference, String suspect, int slots) {
    return new Plan.Request(
        job, reference, suspect, StructureChoice.AUTOMATIC, slots, null, null, Map.of());
  }

  private static void shuffle(Path in, Path out, int seed) {
    Permute.run(
        new Permute.Request(
            in.toString(), out.toString(), seed, null, StructureChoice.AUTOMATIC, Map.of()));
  }
}
