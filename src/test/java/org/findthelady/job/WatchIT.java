package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.HaltingFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch whose process dies in the middle of a run. */
class WatchIT {
  private static final int MODELS = 12;

  @TempDir private Path folder;

  @Test
  void goesOnAfterItWasKilledWithOneRowASuspect() throws Exception {
    Path reference = TestModels.silero(folder);
    Files.createDirectories(folder.resolve("models"));
    for (int seed = 1; seed <= MODELS; seed++) {
      shuffled(reference, seed);
    }
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "watched", "suspects": [{"glob": "models/*"}],
         "references": [{"id": "silero", "path": "%s"}]}
        """
            .formatted(reference.getFileName()));
    Ended killed = watch("-Dftl.test.halt=25");
    assertThat(killed.exit()).as(killed.output()).isEqualTo(HaltingFileSystem.HALTED);
    assertThat(folder.resolve("out/latest.json")).doesNotExist();
    shuffled(reference, MODELS + 1);

    Ended again = watch();

    assertThat(again.exit()).as(again.output()).isZero();
    HadoopStore store = new HadoopStore();
    OutputCheck check = OutputCheck.of(store, folder.resolve("out").toString());
    assertThat(check.faults()).isEmpty();
    String latest = Files.readString(folder.resolve("out/latest.json"));
    String run = latest.replaceAll("(?s).*\"runs/([0-9a-f]+)\".*", "$1");
    List<String> ids = new ArrayList<>();
    for (ModelRow row : Audit.rows(store, folder.resolve("out/runs/" + run).toString())) {
      ids.add(row.names().modelId());
      assertThat(row.verdict()).isEqualTo(Verdict.PERMUTED);
    }
    assertThat(ids).hasSize(MODELS + 1).doesNotHaveDuplicates();
  }

  private void shuffled(Path reference, int seed) {
    String out = folder.resolve("models/m%02d.safetensors".formatted(seed)).toString();
    Permute.run(
        new Permute.Request(
            reference.toString(), out, seed, null, StructureChoice.AUTOMATIC, Map.of()));
  }

  /** The command in a process of its own. */
  private Ended watch(String... settings) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("deploy/local/jvm.options").toAbsolutePath());
    command.addAll(List.of(settings));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.findthelady.cli.Main", "audit", "--watch", "0.5", "--idle", "3"));
    command.addAll(List.of("--job", HaltingFileSystem.ROOT + folder.resolve("job.json")));
    command.addAll(List.of("--out", HaltingFileSystem.ROOT + folder.resolve("out")));
    HaltingFileSystem.PROPERTIES.forEach(
        (key, value) -> command.addAll(List.of("--storage", key + "=" + value)));
    Path output = Files.createTempFile(folder, "output", "");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    int exit = builder.redirectOutput(output.toFile()).start().waitFor();
    return new Ended(exit, Files.readString(output));
  }

  private record Ended(int exit, String output) {}
}
