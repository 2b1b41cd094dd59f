package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.HaltingFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die in the middle of a fleet. */
class FleetFaultIT {
  private static final int MODELS = 24;

  @TempDir private Path folder;

  @BeforeEach
  void makeFleet() throws IOException {
    Files.createDirectories(folder.resolve("models"));
    Path reference = TestModels.silero(folder);
    for (int seed = 1; seed <= MODELS; seed++) {
      String out = folder.resolve("models/m%02d.safetensors".formatted(seed)).toString();
      Permute.run(
          new Permute.Request(
              reference.toString(), out, seed, null, StructureChoice.AUTOMATIC, Map.of()));
    }
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "faults", "resync": true, "suspects": [{"glob": "models/*"}],
         "references": [{"id": "silero", "path": "%s"}]}
        """
            .formatted(reference.getFileName()));
  }

  @Test
  void aModelThatKillsEveryExecutorIsOneRow() throws Exception {
    Files.copy(folder.resolve("models/m01.safetensors"), folder.resolve("models/killer"));

    Submission done = audit("local-cluster[2,1,1024]", "out", List.of());

    assertThat(done.exit()).as(done.errors()).isEqualTo(6);
    Map<String, ModelRow> rows = rows("out");
    assertThat(rows).hasSize(MODELS);
    assertThat(run("out").resolve("partial.json"))
        .content()
        .contains("killer", "LOST_TASK", "died")
        .doesNotContain("m01");
    assertThat(run("out").resolve("run.json")).doesNotExist();
    assertThat(folder.resolve("out/latest.json")).doesNotExist();
    assertThat(rows.values()).allMatch(row -> row.verdict() == Verdict.PERMUTED);
    assertThat(run("out").resolve("models"))
        .isDirectoryContaining(p -> p.endsWith("m24.safetensors"));
    assertThat(run("out").resolve("_staging/tables")).doesNotExist();
  }

  @Test
  void aRunThatIsKilledAnywhereGoesOnAndGivesTheSameBytes() throws Exception {
    Submission undisturbed = audit("local[2]", "whole", List.of());
    assertThat(undisturbed.exit()).as(undisturbed.errors()).isZero();
    boolean resumed = false;
    for (int change : new int[] {11, 70, 96}) {
      String out = "out" + change;
      Submission killed = audit("local[2]", out, List.of("-Dftl.test.halt=" + change));
      assertThat(killed.exit()).as(killed.errors()).isEqualTo(HaltingFileSystem.HALTED);
      assertThat(folder.resolve(out).resolve("latest.json")).doesNotExist();

      Submission again = audit("local[2]", out, List.of());

      assertThat(again.exit()).as(again.errors()).isZero();
      resumed |= again.errors().contains("goes on");
      assertSameBytes(out);
    }
    assertThat(resumed).isTrue();
  }

  private Submission audit(String master, String out, List<String> settings) throws Exception {
    List<String> ftl = new ArrayList<>(List.of("audit"));
    ftl.addAll(List.of("--job", HaltingFileSystem.ROOT + folder.resolve("job.json")));
    ftl.addAll(List.of("--out", HaltingFileSystem.ROOT + folder.resolve(out)));
    HaltingFileSystem.PROPERTIES.forEach(
        (key, value) -> ftl.addAll(List.of("--storage", key + "=" + value)));
    return Submission.of(folder, master, settings, ftl);
  }

  private void assertSameBytes(String out) throws IOException {
    List<Path> made = new ArrayList<>();
    for (String name : List.of("whole", out)) {
      try (Stream<Path> files = Files.walk(run(name))) {
        made.addAll(
            files.filter(Files::isRegularFile).map(run(name)::relativize).sorted().toList());
      }
    }
    List<Path> whole = made.subList(0, made.size() / 2);
    assertThat(made.subList(whole.size(), made.size())).isEqualTo(whole);
    assertThat(whole).hasSizeGreaterThan(MODELS);
    for (Path file : whole) {
      if (!file.endsWith("timing.json")) {
        assertThat(Files.mismatch(run("whole").resolve(file), run(out).resolve(file)))
            .as(out + " " + file)
            .isEqualTo(-1);
      }
    }
  }

  private Map<String, ModelRow> rows(String out) throws IOException {
    Map<String, ModelRow> rows = new TreeMap<>();
    Audit.rows(new HadoopStore(), run(out).toString())
        .forEach(r -> rows.put(r.names().modelId(), r));
    return rows;
  }

  private Path run(String out) throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve(out).resolve("runs"))) {
      return runs.findFirst().orElseThrow();
    }
  }
}
