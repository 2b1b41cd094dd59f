package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that Spark asks for when there is work and gives back when there is none. */
class DynamicAllocationIT {
  private static final int MODELS = 8;
  private static final List<String> SETTINGS =
      List.of(
          "-Dspark.dynamicAllocation.enabled=true",
          "-Dspark.dynamicAllocation.shuffleTracking.enabled=true",
          "-Dspark.dynamicAllocation.minExecutors=0",
          "-Dspark.dynamicAllocation.initialExecutors=0",
          "-Dspark.dynamicAllocation.maxExecutors=2",
          "-Dspark.dynamicAllocation.executorIdleTimeout=1s",
          "-Dspark.extraListeners=" + ExecutorNotes.class.getName());

  @TempDir private Path folder;
  private Path reference;

  /** A watch goes on in one application: all executors are given back before a model arrives. */
  @Test
  @Timeout(900)
  void executorsThatComeAndGoGiveTheSameBytes() throws Exception {
    reference = TestModels.silero(folder);
    Files.createDirectories(folder.resolve("models"));
    for (int seed = 1; seed <= MODELS; seed++) {
      shuffled(seed);
    }
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "dynamic", "suspects": [{"glob": "models/*"}],
         "references": [{"id": "silero", "path": "%s"}]}
        """
            .formatted(reference.getFileName()));
    Path notes = folder.resolve("executors");
    CompletableFuture<Submission> watch =
        CompletableFuture.supplyAsync(() -> submit(notes, "out", "--watch", "1", "--idle", "20"));
    while (!notes(notes).contains("removed") && !watch.isDone()) {
      Thread.sleep(100);
    }
    shuffled(MODELS + 1);

    Submission done = watch.get();

    assertThat(done.exit()).as(done.errors()).isZero();
    List<String> seen = notes(notes);
    assertThat(seen).as(done.errors()).startsWith("added").contains("removed");
    assertThat(seen.lastIndexOf("added")).isGreaterThan(seen.indexOf("removed"));
    HadoopStore store = new HadoopStore();
    assertThat(OutputCheck.of(store, folder.resolve("out").toString()).faults()).isEmpty();
    Audit.Result local =
        Audit.run(
            new Audit.Request(
                folder.resolve("job.json").toString(),
                folder.resolve("local").toString(),
                null,
                Map.of()));
    assertThat(local.models()).hasSize(MODELS + 1);
    assertSameBytes(local.runId());
  }

  private Submission submit(Path notes, String out, String... options) {
    try {
      Stream<String> settings =
          Stream.concat(SETTINGS.stream(), Stream.of("-Dftl.test.executors=" + notes));
      Stream<String> ftl =
          Stream.concat(
              Stream.of("audit", "--job", folder.resolve("job.json").toString()),
              Stream.concat(
                  Stream.of("--out", folder.resolve(out).toString()), Stream.of(options)));
      return Submission.of(folder, "local-cluster[2,1,1024]", settings.toList(), ftl.toList());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<String> notes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private void shuffled(int seed) {
    String out = folder.resolve("models/m%02d.safetensors".formatted(seed)).toString();
    Permute.run(
        new Permute.Request(
            reference.toString(), out, seed, null, StructureChoice.AUTOMATIC, Map.of()));
  }

  private void assertSameBytes(String run) throws IOException {
    Path expected = folder.resolve("local/runs").resolve(run);
    Path found = folder.resolve("out/runs").resolve(run);
    try (Stream<Path> files = Files.list(expected)) {
      for (Path file : files.filter(f -> !f.endsWith("timing.json")).toList()) {
        assertThat(Files.mismatch(file, found.resolve(file.getFileName())))
            .as(file.toString())
            .isEqualTo(-1);
      }
    }
  }
}
