package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar on real distributions of Spark 3.5, 4.0 and 4.1, through {@code
 * src/test/spark-lines/run}. Skipped where Python's pip or its package registry is missing; where
 * FTL_REQUIRE_PYTHON is true (as in CI), only the registry may be.
 */
class SparkLinesIT {
  /** What the script returns where a distribution cannot be had. */
  private static final int SKIPPED = 77;

  @TempDir private Path folder;

  @Test
  void theDemoFleetGivesTheSameBytesOnEverySparkLine() throws Exception {
    if (!"true".equals(System.getenv("FTL_REQUIRE_PYTHON"))) {
      abort("fetches 1.5 GB with python3 and pip: set FTL_REQUIRE_PYTHON=true to run it");
    }
    if (!hasPip()) {
      fail("python3 with pip is needed and was not found");
    }
    Process script =
        new ProcessBuilder("src/test/spark-lines/run", folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = script.waitFor();
    if (exit == SKIPPED) {
      System.err.println(output);
      abort(output);
    }
    assertThat(exit).as(output).isZero();
    assertThat(output).contains("Spark 4.1.0, local[2]: all files as on this build's Spark");
    for (String line : List.of("3.5.", "4.0.", "4.1.")) {
      assertThat(output.lines().filter(text -> text.startsWith("same     Spark " + line)))
          .as(output)
          .hasSize(3);
    }
  }

  private static boolean hasPip() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-m", "pip", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
