package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.findthelady.DocumentedTable;
import org.findthelady.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every launcher command of the README, run as a user runs it, and what the example prints. */
class LauncherIT {
  private static final String EXAMPLE = "what resync prints: LauncherIT writes this";
  private static final Pattern PLACES = Pattern.compile("^[A-Za-z./]+$");

  @TempDir private Path folder;

  @Test
  void everyCommandOfTheReadmeWorks() throws Exception {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(14);
    TestModels.silero(folder);
    for (String name : List.of("MODEL", "A", "ORIGINAL", "CONVERTED")) {
      Files.copy(folder.resolve("silero_vad_16k.safetensors"), folder.resolve(name));
    }
    Files.writeString(folder.resolve("KEY"), "a secret of the owner");
    Files.createDirectories(folder.resolve("models"));
    for (String name : List.of("mine.safetensors", "found.safetensors")) {
      Files.copy(folder.resolve("MODEL"), folder.resolve("models").resolve(name));
    }
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
      String output = run(command);
      all += output;
      if (command.contains("found.safetensors") && command.contains(" resync ")) {
        checkExample(output);
      }
    }
    assertThat(folder.resolve("report/index.html")).content().contains("DERIVED");
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

  /** Java refuses those of another jar without a word, and every start is slow. */
  @Test
  void classDataAreMadeAnewWhereTheJarIsNewer() throws Exception {
    Path archive = Path.of("target/ftl.jsa");
    FileTime jar = Files.getLastModifiedTime(Path.of("target/ftl.jar"));
    run("deploy/local/ftl --version");
    Files.setLastModifiedTime(archive, FileTime.fromMillis(jar.toMillis() - 1000));
    run("deploy/local/ftl --version");
    assertThat(Files.getLastModifiedTime(archive)).isGreaterThan(jar);
  }

  /** The same lines; seconds are left out, and margins may differ by the rounding of a BLAS. */
  private static void checkExample(String output) throws IOException {
    List<String> printed = output.lines().filter(line -> !line.startsWith("seconds ")).toList();
    if (DocumentedTable.updates()) {
      String block = "```\n" + String.join("\n", printed) + "\n```\n";
      DocumentedTable.write("README.md", EXAMPLE, block);
    }
    List<String> documented = DocumentedTable.read("README.md", EXAMPLE).lines().toList();
    documented = documented.subList(1, documented.size() - 1);
    assertThat(printed).hasSameSizeAs(documented);
    for (int i = 0; i < printed.size(); i++) {
      String expected = documented.get(i);
      if (expected.startsWith("margin ")) {
        assertThat(lastNumber(printed.get(i))).isCloseTo(lastNumber(expected), within(1e-3));
      } else {
        assertThat(printed.get(i)).isEqualTo(expected);
      }
    }
  }

  private static double lastNumber(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      if (line.startsWith("deploy/local/ftl ") || line.startsWith("cp ")) {
        commands.add(line.replaceFirst("#.*", "").strip());
      }
    }
    return commands;
  }

  private String run(String command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command.split(" +")));
    assertThat(words.get(0)).matches(PLACES);
    int ours = words.get(0).equals("cp") ? 1 : 0;
    words.set(ours, Path.of(words.get(ours)).toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).as("%s does not end", command).isTrue();
    assertThat(process.exitValue())
        .as(command + "\n" + Files.readString(folder.resolve("errors")))
        .isZero();
    return Files.readString(folder.resolve("output"));
  }
}
