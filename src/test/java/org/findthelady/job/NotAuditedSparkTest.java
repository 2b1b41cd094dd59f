package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotAuditedSparkTest {
  @TempDir private Path folder;

  @Test
  void aSuspectThatIsNotThereLeavesTheRunPartial() throws IOException {
    Path model = TestModels.resnet20(folder);
    Files.writeString(folder.resolve("manifest.txt"), model.getFileName() + "\ngone.th\n");
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "job", "references": [{"id": "r", "path": "%s"}],
             "suspects": [{"manifest": "manifest.txt"}]}
            """
                .formatted(model));
    Path out = folder.resolve("out");

    int code = Main.run("audit", "--job", job.toString(), "--out", out.toString());

    assertThat(code).isEqualTo(6);
    assertThat(out.resolve("latest.json")).doesNotExist();
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      Path run = runs.findFirst().orElseThrow();
      assertThat(run.resolve("run.json")).doesNotExist();
      assertThat(run.resolve("partial.json")).content().contains("gone.th", "MISSING");
      assertThat(Files.readAllLines(run.resolve("models.jsonl"))).hasSize(1);
    }
  }

  @Test
  void aReferenceThatIsNotOfTheArchitectureThatIsNamedIsNoFinding() throws IOException {
    Path model = TestModels.resnet20(folder);
    Path suspect = folder.resolve("s.safetensors");
    LocalPair.permute(model, suspect, 1, null);
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "job", "references": [{"id": "r", "path": "%s", "architecture": "bert"}],
             "suspects": [{"path": "%s"}]}
            """
                .formatted(model, suspect));
    Path out = folder.resolve("out");
    assertThat(Main.run("audit", "--job", job.toString(), "--out", out.toString())).isEqualTo(6);
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      assertThat(runs.findFirst().orElseThrow().resolve("partial.json"))
          .content()
          .contains("STRUCTURE", "the architecture bert does not fit its 97 tensors");
    }
  }

  @Test
  void aFleetWhoseResultsAreMoreThanTheDriverMayReceiveIsWhole() throws IOException {
    Path model = TestModels.resnet20(folder);
    Path models = Files.createDirectories(folder.resolve("models"));
    for (int seed = 0; seed < 6; seed++) {
      LocalPair.permute(model, models.resolve("m%d.safetensors".formatted(seed)), seed, null);
    }
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "job", "references": [{"id": "r", "path": "%s"}],
             "suspects": [{"glob": "models/*"}]}
            """
                .formatted(model));
    Path out = folder.resolve("out");
    Path plain = folder.resolve("plain");
    assertThat(Main.run("audit", "--job", job.toString(), "--out", plain.toString())).isZero();
    System.setProperty("spark.driver.maxResultSize", "32k");
    try {
      assertThat(Main.run("audit", "--job", job.toString(), "--out", out.toString())).isZero();
    } finally {
      System.clearProperty("spark.driver.maxResultSize");
    }
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      Path run = runs.findFirst().orElseThrow();
      Path same = plain.resolve("runs").resolve(run.getFileName());
      assertThat(run.resolve("groups.jsonl.gz"))
          .hasSameBinaryContentAs(same.resolve("groups.jsonl.gz"));
      assertThat(run.resolve("models.jsonl")).hasSameBinaryContentAs(same.resolve("models.jsonl"));
      assertThat(run.resolve("_staging")).doesNotExist();
    }
  }

  @Test
  void refusesRunsAmongTheSuspects() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    Path model = TestModels.resnet20(models);
    Path job =
        Files.writeString(
            folder.resolve("job.json"),
            """
            {"name": "job", "references": [{"id": "r", "path": "%s"}],
             "suspects": [{"path": "models"}]}
            """
                .formatted(model));
    String out = models.resolve("out").toString();
    assertThat(Main.run("audit", "--job", job.toString(), "--out", out)).isEqualTo(2);
    assertThat(models.resolve("out")).doesNotExist();
  }

  @Test
  void writesModelAndReportTogetherOnce() throws IOException {
    Path model = TestModels.resnet20(folder);
    Path suspect = folder.resolve("suspect.safetensors");
    LocalPair.permute(model, suspect, 3, null);
    String[] resync = {
      "resync",
      "--reference",
      model.toString(),
      "--suspect",
      suspect.toString(),
      "--out",
      folder.resolve("back.safetensors").toString(),
      "--report",
      folder.resolve("report").toString()
    };
    assertThat(Main.run(resync)).isZero();
    assertThat(folder.resolve("back.safetensors")).exists();
    assertThat(List.of("run.json", "index.html", "models.jsonl"))
        .allMatch(name -> Files.exists(folder.resolve("report").resolve(name)));
    Files.delete(folder.resolve("back.safetensors"));
    assertThat(Main.run(resync)).isEqualTo(2);
  }
}
