package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

/** The archive that the build makes, unpacked somewhere else and used without Maven. */
class DistributionIT {
  @TempDir private static Path folder;
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    Path place = Files.createDirectories(folder.resolve("with a space"));
    run(place, "tar", "xzf", only(Path.of("target"), "ftl-*.tar.gz").toAbsolutePath().toString());
    home = only(place, "ftl-*");
  }

  private static Path only(Path folder, String glob) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      return found.iterator().next();
    }
  }

  private static String run(Path folder, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(DistributionIT.folder.resolve("errors").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as(String.join(" ", command) + Files.readString(DistributionIT.folder.resolve("errors")))
        .isZero();
    return output;
  }

  @Test
  void runsFromAnyFolderThroughALink() throws Exception {
    Path model = TestModels.silero(folder);
    Path link = Files.createSymbolicLink(folder.resolve("ftl"), home.resolve("bin/ftl"));
    assertThat(run(folder, link.toString(), "--version")).startsWith("Find the Lady ");
    assertThat(run(folder, link.toString(), "diff", model.toString(), model.toString()))
        .contains("IDENTICAL");
  }

  @Test
  void holdsWhatALicenceAndAnAuditorAskFor() throws IOException {
    for (String name :
        List.of("LICENSE", "NOTICE", "README.md", "conf", "jobs", "deploy/yarn/submit")) {
      assertThat(home.resolve(name)).exists();
    }
    assertThat(home.resolve("THIRD-PARTY.txt"))
        .content()
        .contains("Apache")
        .contains("onnxruntime")
        .contains("jhdf");
    assertThat(home.resolve("ftl-bom.json"))
        .content()
        .contains("CycloneDX")
        .contains("\"openblas\"")
        .doesNotContain("\"junit-jupiter\"");
    assertThat(home.resolve("deploy/yarn/submit")).isExecutable();
  }

  @Test
  void everyCommandHasAManualPageAndIsCompleted() throws Exception {
    CommandSpec root = Main.commandLine().getCommandSpec();
    List<String> commands = new ArrayList<>();
    root.subcommands()
        .forEach(
            (name, line) -> {
              if (!line.getCommandSpec().usageMessage().hidden()) {
                commands.add(name);
              }
            });
    assertThat(commands).contains("audit", "resync").doesNotContain("warm-up");
    for (String command : commands) {
      assertThat(home.resolve("man/man1/ftl-" + command + ".1"))
          .content()
          .contains(".SH \"NAME\"", "ftl-" + command + " \\- ")
          .contains(".SH \"OPTIONS\"", ".SH \"NOTES\"");
    }
    assertThat(home.resolve("man/man1/ftl.1")).content().contains("Exit codes: 0 done;");
    assertThat(completed("ftl", "")).containsExactlyInAnyOrderElementsOf(commands);
    assertThat(completed("ftl", "audit", "--st"))
        .contains("--strict", "--storage", "--statements")
        .doesNotContain("--seed");
  }

  /** What the shell offers for the last of these words. */
  private static List<String> completed(String... words) throws Exception {
    String line =
        "compopt() { :; }; source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
            + " _complete_ftl; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command = new ArrayList<>(List.of("bash", "-c", line));
    command.add(home.resolve("completions/ftl").toString());
    command.addAll(List.of(words));
    return run(folder, command.toArray(String[]::new))
        .lines()
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  @Test
  void inspectsWithoutOnnxRuntimeAndSaysWhatAProofNeeds() throws Exception {
    String classpath = home.resolve("lib/ftl.jar").toString();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("lib/jars"), "*.jar")) {
      for (Path jar : jars) {
        if (!jar.getFileName().toString().startsWith("onnxruntime")) {
          classpath += ":" + jar;
        }
      }
    }
    Path graph = SharedModels.path("models/abcrown/cifar_base_kw.onnx");
    List<String> inspect = List.of("java", "org.findthelady.cli.Main", "inspect", graph.toString());
    assertThat(started(classpath, inspect).waitFor()).isZero();
    List<String> prove = new ArrayList<>(inspect);
    prove.add("--prove");
    Process process = started(classpath, prove);
    String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(error).contains("needs onnxruntime-VERSION.jar").doesNotContain("at org.");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  private static Process started(String classpath, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", classpath);
    builder.redirectOutput(folder.resolve("output").toFile());
    return builder.start();
  }

  @Test
  void theJarForClustersHoldsNoLibraryOfOtherSystems() throws IOException {
    try (JarFile jar = new JarFile(home.resolve("lib/ftl.jar").toFile())) {
      List<String> names = jar.stream().map(entry -> entry.getName()).toList();
      assertThat(names)
          .contains("org/bytedeco/openblas/linux-x86_64/libopenblas.so.0")
          .contains("org/bytedeco/openblas/linux-arm64/libopenblas.so.0")
          .noneMatch(name -> name.startsWith("ai/onnxruntime/"))
          .noneMatch(name -> name.endsWith(".dll") || name.endsWith(".dylib"));
    }
  }
}
