package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.bench.Bench;
import org.findthelady.pair.StructureChoice;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark starts tasks of a large pair a second time while the first try still runs. */
class SpeculationIT {
  /** A task is started twice as soon as others of its stage have ended and an executor is idle. */
  private static final List<String> SETTINGS =
      List.of(
          "-Dspark.speculation=true",
          "-Dspark.speculation.interval=5ms",
          "-Dspark.speculation.quantile=0.05",
          "-Dspark.speculation.multiplier=0.01",
          "-Dspark.speculation.minTaskRuntime=1ms",
          "-Dspark.locality.wait=0s",
          "-Dspark.extraListeners=" + ExecutorNotes.class.getName());

  @TempDir private Path folder;

  @Test
  void tasksThatAreStartedTwiceGiveTheSameBytes() throws Exception {
    Path job = pair();
    Path notes = folder.resolve("notes");
    List<String> settings =
        Stream.concat(SETTINGS.stream(), Stream.of("-Dftl.test.executors=" + notes)).toList();
    submit("local-cluster[2,1,1024]", settings, job, "out");
    assertThat(Files.readAllLines(notes)).contains("task started twice");
    submit("local[2]", List.of(), job, "local");
    assertSameBytes();
    assertThat(OutputCheck.of(new HadoopStore(), folder.resolve("out").toString()).faults())
        .isEmpty();
  }

  private void submit(String master, List<String> settings, Path job, String out) throws Exception {
    List<String> ftl =
        List.of("audit", "--job", job.toString(), "--out", folder.resolve(out).toString());
    Submission done = Submission.of(folder, master, settings, ftl);
    assertThat(done.exit()).as(done.errors()).isZero();
    assertThat(done.output()).contains("DERIVED");
  }

  private Path pair() throws Exception {
    Path llama = folder.resolve("llama");
    Bench.run(
        ("llama --layers 2 --width 1024 --mlp 2816 --heads 16 --kv-heads 16 --vocabulary 8000 --out "
                + llama)
            .split(" "));
    String suspect = folder.resolve("suspect").toString();
    Perturb.run(
        new Permute.Request(
            llama.toString(), suspect, 1, null, StructureChoice.AUTOMATIC, Map.of()),
        Perturb.Settings.noise(0.1, true));
    return Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "twice", "resync": true, "references": [{"id": "mine", "path": "llama"}],
         "suspects": [{"path": "suspect"}]}
        """);
  }

  private void assertSameBytes() throws Exception {
    Path expected = folder.resolve("local/runs");
    try (Stream<Path> files = Files.walk(expected)) {
      List<Path> made = files.filter(Files::isRegularFile).toList();
      assertThat(made).hasSizeGreaterThan(12);
      for (Path file : made) {
        if (!file.endsWith("timing.json")) {
          Path twin = folder.resolve("out/runs").resolve(expected.relativize(file));
          assertThat(Files.mismatch(file, twin)).as(file.toString()).isEqualTo(-1);
        }
      }
    }
  }
}
