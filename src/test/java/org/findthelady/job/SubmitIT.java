package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that users submit, on two executor processes: the same bytes as on local Spark. */
class SubmitIT {
  @TempDir private Path folder;

  @Test
  void localClusterGivesTheSameBytesAsLocalSpark() throws Exception {
    Path job = fleet();
    String local = submit("local[2]", job, "local");
    String cluster = submit("local-cluster[2,1,1024]", job, "cluster");

    List<ModelRow> rows = Audit.rows(new HadoopStore(), run("cluster").toString());
    assertThat(rows).extracting(ModelRow::verdict).doesNotContain(Verdict.UNDECIDED).hasSize(4);
    assertThat(rows)
        .filteredOn(row -> row.modelId().startsWith("shuffled"))
        .allMatch(row -> row.verdict() == Verdict.PERMUTED)
        .hasSize(3);
    assertThat(cluster).contains("PERMUTED");
    assertThat(local.replace("/local/", "/cluster/")).isEqualTo(cluster);
    try (Stream<Path> files = Files.walk(run("local"))) {
      List<Path> made = files.filter(Files::isRegularFile).toList();
      assertThat(made).hasSizeGreaterThan(13);
      for (Path file : made) {
        if (!file.endsWith("timing.json")) {
          Path twin = run("cluster").resolve(run("local").relativize(file));
          assertThat(Files.mismatch(file, twin)).as(file.toString()).isEqualTo(-1);
        }
      }
    }
  }

  private Path fleet() throws IOException {
    TestModels.llama(folder);
    TestModels.resnet20(folder);
    StringBuilder manifest = new StringBuilder("{\"path\": \"resnet20-12fca82f.th\"}\n");
    for (int seed = 1; seed <= 3; seed++) {
      String in = folder.resolve(seed == 1 ? "llama" : "resnet20-12fca82f.th").toString();
      String out = folder.resolve("shuffled" + seed).toString();
      Permute.run(
          new Permute.Request(in, out, seed, null, StructureChoice.AUTOMATIC, java.util.Map.of()));
      manifest.append("shuffled").append(seed).append('\n');
    }
    Files.writeString(folder.resolve("manifest"), manifest);
    return Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "cluster", "resync": true, "suspects": [{"manifest": "manifest"}],
         "references": [{"id": "llama", "path": "llama"},
                        {"id": "resnet20", "path": "resnet20-12fca82f.th"}]}
        """);
  }

  private Path run(String out) throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve(out).resolve("runs"))) {
      return runs.findFirst().orElseThrow();
    }
  }

  private String submit(String master, Path job, String out) throws Exception {
    Submission done =
        Submission.of(
            folder,
            master,
            List.of(),
            List.of("audit", "--job", job.toString(), "--out", folder.resolve(out).toString()));
    assertThat(done.exit()).as(done.errors()).isZero();
    return done.output();
  }
}
