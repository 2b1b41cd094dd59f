package org.findthelady.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.job.file.JobFile;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FleetGeneratorTest {
  @TempDir Path folder;

  @Test
  void writesModelsWithTruthAndAJobThatReads() throws IOException {
    Path out = folder.resolve("fleet");

    assertThat(
            new CommandLine(new Bench()).execute("fleet", "--out", out.toString(), "--models", "4"))
        .isZero();

    assertThat(Files.readAllLines(out.resolve("manifest.jsonl"))).hasSize(4);
    assertThat(out.resolve("models/00003.truth.json")).isNotEmptyFile();
    assertThat(Files.mismatch(model(out, 0), model(out, 1))).isNotNegative();
    JobFile job = JobFile.parse(Files.readString(out.resolve("job.json")), "job.json");
    assertThat(job.suspects()).hasSize(1);
    assertThat(new HadoopStore().stat(out.resolve(job.references().get(0).path()).toString()))
        .isPresent();
  }

  private static Path model(Path out, int number) {
    return out.resolve("models/%05d.safetensors".formatted(number));
  }
}
