package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.run.OutputCheck;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of a job takes over what has not changed since the last run of that job. */
class IncrementalSparkTest {
  private static final Path MODELS = Path.of("jobs/models/abcrown");
  private static final List<String> TABLES =
      List.of("models", "groups", "layers", "neurons", "findings");

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("own.pth"));
    Files.copy(MODELS.resolve("mnist_6_100_nat.pth"), folder.resolve("in/copy.pth"));
    Files.copy(MODELS.resolve("mnist_conv_small_nat.pth"), folder.resolve("in/other.pth"));
    shuffled("shuffled", 1);
    Files.write(folder.resolve("in/cut.pth"), new byte[] {'P', 'K', 3, 4, 5});
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "nightly", "references": [{"path": "own.pth"}],
         "suspects": [{"glob": "in/*"}], "resync": true}
        """);
  }

  private void shuffled(String name, long seed) {
    Permute.run(
        new Permute.Request(
            folder.resolve("own.pth").toString(),
            folder.resolve("in/" + name + ".pth").toString(),
            seed,
            null,
            org.findthelady.pair.StructureChoice.AUTOMATIC,
            Map.of()));
  }

  private Audit.Result run(String out) throws IOException {
    return run(out, null);
  }

  private Audit.Result run(String out, String fingerprints) throws IOException {
    try (Cluster cluster = Cluster.open("test")) {
      return Audit.run(
          new Audit.Request(
              folder.resolve("job.json").toString(),
              folder.resolve(out).toString(),
              fingerprints,
              Map.of()),
          cluster);
    }
  }

  private void assertAsFresh(Audit.Result result, String fresh) throws IOException {
    Audit.Result again = run(fresh);
    assertThat(again.carried()).isZero();
    assertThat(again.runId()).isEqualTo(result.runId());
    try (Stream<Path> files = Files.walk(Path.of(again.run()))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = Path.of(again.run()).relativize(file);
        if (!name.toString().equals("timing.json")) {
          assertThat(Path.of(result.run()).resolve(name)).hasSameBinaryContentAs(file);
        }
      }
    }
    for (String table : TABLES) {
      assertThat(Path.of(result.run(), table + ".parquet")).exists();
    }
    OutputCheck check = OutputCheck.of(new HadoopStore(), folder.resolve("out").toString());
    assertThat(check.faults()).isEmpty();
  }

  @Test
  void oneNewModelCostsOneModelAndTheTablesAreThoseOfAFreshRun() throws IOException {
    assertThat(run("out").carried()).isZero();
    shuffled("new", 2);
    Audit.Result second = run("out");
    assertThat(second.carried()).isEqualTo(4);
    assertAsFresh(second, "fresh");
    assertThat(second.models())
        .allSatisfy(
            row ->
                assertThat(row.names().contents().suspectSha256())
                    .isEqualTo(
                        DigestingStore.sha256(Files.readAllBytes(Path.of(row.names().suspect())))));
    assertThat(second.text()).contains("carried 4 models unchanged since the last run");
  }

  @Test
  void aRerunOfARunThatIsNotWholeTakesOverWhatThatRunTookOver() throws IOException {
    run("out");
    Files.createSymbolicLink(folder.resolve("in/gone.pth"), folder.resolve("nowhere.pth"));
    for (int again = 0; again < 3; again++) {
      Audit.Result partial = run("out");
      assertThat(partial.notAudited()).hasSize(1);
      assertThat(partial.models()).hasSize(4);
      assertThat(partial.unchanged()).contains("cut.pth", "other.pth");
    }
  }

  @Test
  void whatWasChangedIsAuditedAgainAndWhatWasOnlyTouchedIsNot() throws IOException {
    run("out");
    Files.delete(folder.resolve("in/shuffled.pth"));
    shuffled("shuffled", 3);
    Files.setLastModifiedTime(folder.resolve("in/copy.pth"), FileTime.fromMillis(1_000_000));
    Audit.Result second = run("out");
    assertThat(second.carried()).isEqualTo(3);
    assertAsFresh(second, "fresh");
  }

  @Test
  void aModelWithATruthFileIsCarriedOverUntilTheTruthChanges() throws IOException {
    Path truth = folder.resolve("truth.json");
    LocalPair.permute(folder.resolve("own.pth"), folder.resolve("in/told.pth"), 4, truth);
    String suspects = "{\"path\": \"in/told.pth\", \"truth\": \"truth.json\"}";
    String job =
        "{\"name\": \"told\", \"references\": [{\"path\": \"own.pth\"}], \"suspects\": [%s]}";
    Files.writeString(folder.resolve("job.json"), job.formatted(suspects));
    run("out");
    String more = suspects + ", {\"path\": \"in/copy.pth\"}";
    Files.writeString(folder.resolve("job.json"), job.formatted(more));
    assertThat(run("out").carried()).isEqualTo(1);
    Files.writeString(truth, Files.readString(truth) + "\n");
    assertThat(run("out").carried()).isEqualTo(1); // the other one
  }

  @Test
  void anotherReferenceOrSettingCarriesNothingOver() throws IOException {
    run("out");
    String job = Files.readString(folder.resolve("job.json"));
    Files.writeString(folder.resolve("job.json"), job.replace("\"resync\": true", "\"seed\": 7"));
    assertThat(run("out").carried()).isZero();
    Files.delete(folder.resolve("own.pth"));
    Files.copy(MODELS.resolve("mnist_conv_small_nat.pth"), folder.resolve("own.pth"));
    assertThat(run("out").carried()).isZero();
  }

  @Test
  void rowsThatWereChangedOnDiskOrPublishedModelsThatAreGoneAreDoneAgain() throws IOException {
    Audit.Result first = run("out");
    Files.delete(Path.of(first.run(), "models", "shuffled.pth"));
    shuffled("new", 2);
    Audit.Result second = run("out");
    assertThat(second.carried()).isEqualTo(3);
    Path kept = folder.resolve("out/state/nightly/" + second.runId() + "/models-00000.jsonl.gz");
    Files.write(kept, new byte[] {1, 2, 3});
    shuffled("newer", 3);
    Audit.Result third = run("out");
    assertThat(third.carried()).isZero();
    assertThat(folder.resolve("out/state/nightly/" + second.runId())).doesNotExist();
  }

  @Test
  void aFolderOfFingerprintsIsASettingThatRowsDependOn() throws IOException {
    Audit.Result first = run("out");
    Audit.Result second = run("out", folder.resolve("fingerprints").toString());
    assertThat(second.carried()).isZero();
    assertThat(second.runId()).isNotEqualTo(first.runId());
  }

  @Test
  void aModelIsWrittenWithTheEndingOfItsFileAndCarriedOverWithIt() throws IOException {
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "named", "references": [{"path": "own.pth"}], "resync": true,
         "suspects": [{"path": "in/shuffled.pth", "id": "m17"}]}
        """);
    Path first = Path.of(run("out").run());
    assertThat(first.resolve("models/m17.pth")).isRegularFile();
    assertThat(first.resolve("SHA256SUMS")).content().contains("models/m17.pth");
    String more = "{\"path\": \"in/other.pth\"}, {\"path\": \"in/shuffled.pth\"";
    String job = Files.readString(folder.resolve("job.json"));
    Files.writeString(
        folder.resolve("job.json"), job.replace("{\"path\": \"in/shuffled.pth\"", more));
    Audit.Result second = run("out");
    assertThat(second.carried()).isEqualTo(1);
    assertAsFresh(second, "fresh");
    assertThat(Path.of(second.run(), "models/m17.pth")).isRegularFile();
  }
}
