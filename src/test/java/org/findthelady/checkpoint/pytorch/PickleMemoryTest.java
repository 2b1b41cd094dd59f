package org.findthelady.checkpoint.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PickleMemoryTest {
  /** Half as much again as the pickle machine may hold, for the JVM itself. */
  private static final String HEAP = "-Xmx%dm".formatted((PickleBombs.BUDGET_BYTES >> 20) * 3 / 2);

  @Test
  void refusesBombsWithinItsBudget() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PickleBombs.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(child.waitFor()).as(String.join("\n", lines)).isZero();
    assertThat(lines).hasSize(PickleBombs.bombs().size());
    assertThat(lines)
        .allMatch(line -> line.endsWith(": LIMIT") || line.equals("copies of pairs: MALFORMED"));
  }
}
