package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real MLflow server, through {@code src/test/mlflow/run}. Skipped unless FTL_MLFLOW_PYTHON names
 * a Python that has MLflow, or FTL_REQUIRE_PYTHON is true and pip can fetch it.
 */
class MlflowIT {
  /** What the script returns where MLflow cannot be had. */
  private static final int SKIPPED = 77;

  @TempDir private Path folder;

  @Test
  void verdictsOfRegisteredVersionsAreTheirTags() throws Exception {
    boolean fetches = "true".equals(System.getenv("FTL_REQUIRE_PYTHON"));
    if (System.getenv("FTL_MLFLOW_PYTHON") == null && !fetches) {
      abort("fetches MLflow with python3 and pip: set FTL_REQUIRE_PYTHON=true to run it");
    }
    Process script =
        new ProcessBuilder("src/test/mlflow/run", folder.toString(), launcher().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = script.waitFor();
    if (exit == SKIPPED) {
      abort(output);
    }
    assertThat(exit).as(output).isZero();
    List<String> tags = output.lines().filter(line -> line.startsWith("tags ")).toList();
    assertThat(tags).as(output).hasSize(11);
    String report = " https://audits.example.org/runs/[0-9a-f]+/index.html#model=incoming%2F";
    assertThat(tags.get(0)).matches("tags 1 copy.pth IDENTICAL owned/1" + report + "1");
    assertThat(tags.get(4)).matches("tags 5 other.pth UNRELATED none fits" + report + "5");
    assertThat(tags.subList(1, 4)).allMatch(line -> line.contains("DERIVED owned/1"));
    assertThat(tags.subList(5, 8)).allMatch(line -> line.contains("DERIVED owned/1"));
    assertThat(tags.subList(8, 11)).allMatch(line -> line.contains("PERMUTED owned/1"));
  }

  /** The command, out of the classes that are tested. */
  private Path launcher() throws IOException {
    Path launcher = folder.resolve("ftl");
    Files.writeString(
        launcher,
        """
        #!/usr/bin/env bash
        export SPARK_LOCAL_IP=127.0.0.1
        exec "%s" "@%s" -cp "%s" org.findthelady.cli.Main "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Path.of("deploy/local/jvm.options").toAbsolutePath(),
                System.getProperty("java.class.path")));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    return launcher;
  }
}
