package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
  private static final List<String> MOUNTS =
      List.of(
          "overlay / overlay rw,noexec,relatime 0 0",
          "tmpfs /tmp tmpfs rw,nosuid,noexec 0 0",
          "tmpfs /tmp/free tmpfs rw,nosuid 0 0",
          "disk /home disk rw 0 0");

  @Test
  void theInnermostMountDecidesWhetherAFileMayRun() {
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/tmp"), MOUNTS)).isTrue();
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/tmp/a"), MOUNTS)).isTrue();
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/tmp/free/a"), MOUNTS)).isFalse();
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/home/me"), MOUNTS)).isFalse();
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/var"), MOUNTS)).isTrue();
    assertThat(TemporaryFolder.forbidsRunning(Path.of("/var"), List.of())).isFalse();
  }

  @Test
  void removesOnlyWhatIsOursAndOld(@TempDir Path folder) throws IOException {
    Path old = Files.createDirectories(folder.resolve("ftl-blas1"));
    Files.writeString(old.resolve("library"), "old");
    Path running = Files.writeString(folder.resolve("ftl-models.parquet"), "new");
    Path results = Files.createDirectories(folder.resolve("ftl-demo"));
    Path others = Files.writeString(folder.resolve("other"), "old");
    FileTime longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(old, longAgo);
    Files.setLastModifiedTime(others, longAgo);
    Files.setLastModifiedTime(results, longAgo);
    TemporaryFolder.clean(folder, Instant.parse("2021-01-01T00:00:00Z"));
    assertThat(old).doesNotExist();
    assertThat(running).exists();
    assertThat(others).exists();
    assertThat(results).exists();
  }
}
