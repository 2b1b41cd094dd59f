package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.findthelady.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every launcher command of the README, run as a user runs it. */
class LauncherIT {
  private static final Pattern PLACES = Pattern.compile("^[A-Za-z./]+$");

  @TempDir private Path folder;

  @Test
  void everyCommandOfTheReadmeWorks() throws Exception {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(8);
    TestModels.silero(folder);
    for (String name : List.of("MODEL", "A")) {
      Files.copy(folder.resolve("silero_vad_16k.safetensors"), folder.resolve(name));
    }
    Files.writeString(folder.resolve("KEY"), "a secret of the owner");
    Files.createDirectories(folder.resolve("jobs"));
    Files.copy(Path.of("jobs/quick.json"), folder.resolve("jobs/quick.json"));
    Files.writeString(
        folder.resolve("jobs/registry.json"),
        """
        {"name": "readme", "references": [{"id": "a", "path": "../A"}],
         "suspects": [{"glob": "../[BC]"}]}
        """);
    String all = "";
    for (String command : commands) {
      all += run(command);
    }
    assertThat(all).contains("Every verdict is right.");
    assertThat(all).contains("PERMUTED").contains("IDENTICAL");
    assertThat(Files.mismatch(folder.resolve("A"), folder.resolve("C"))).isEqualTo(-1);
    assertThat(Files.mismatch(folder.resolve("A"), folder.resolve("B"))).isNotNegative();
    assertThat(Files.mismatch(folder.resolve("A"), folder.resolve("E"))).isEqualTo(-1);
    assertThat(folder.resolve("audits/latest.json")).exists();
    assertThat(folder.resolve("structure.json")).content().contains("mine");
    assertThat(all).contains("watermark       found").doesNotContain("not found");
    assertThat(folder.resolve("quick/index.html")).content().contains("<svg");
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      if (line.startsWith("deploy/local/ftl ")) {
        commands.add(line.replaceFirst("#.*", "").strip());
      }
    }
    return commands;
  }

  private String run(String command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command.split(" +")));
    assertThat(words.get(0)).matches(PLACES);
    words.set(0, Path.of(words.get(0)).toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as(command + "\n" + Files.readString(folder.resolve("errors")))
        .isZero();
    return output;
  }
}
