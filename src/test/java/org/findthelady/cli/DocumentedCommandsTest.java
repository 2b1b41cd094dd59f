package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command that a document or a help text shows is one that the command line takes. */
class DocumentedCommandsTest {
  /** Scripts that hand a command to a platform: {@link DeployTest} runs them. */
  private static final String PLATFORM_SCRIPT = "deploy/(?!local/).*";

  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String folder : List.of(".", "docs", "conf/architectures", "conf/names")) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
      }
    }
    return documents;
  }

  static List<String> commandsOfDocuments() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path document : documents()) {
      Matcher block = BLOCK.matcher(Files.readString(document));
      while (block.find()) {
        block
            .group(1)
            .lines()
            .filter(line -> line.contains("ftl") && !line.matches(PLATFORM_SCRIPT))
            .forEach(commands::add);
      }
    }
    return commands;
  }

  static List<String> commandsOfHelp() {
    List<String> commands = new ArrayList<>();
    collect(Main.commandLine(), commands);
    return commands;
  }

  private static void collect(CommandLine command, List<String> commands) {
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      if (line.strip().startsWith("ftl ")) {
        commands.add(line.strip());
      }
    }
    command.getSubcommands().values().forEach(inner -> collect(inner, commands));
  }

  @ParameterizedTest
  @MethodSource({"commandsOfDocuments", "commandsOfHelp"})
  void isOneThatTheCommandLineTakes(String line) {
    String command = line.replaceFirst("\\s#.*", "").strip();
    String[] words = command.replaceFirst("^.*?\\bftl(\\.jar)? ", "").strip().split("\\s+");
    assertThatCode(() -> Main.commandLine().parseArgs(words))
        .as(command)
        .doesNotThrowAnyException();
  }

  @Test
  void everyCommandHasAnExampleInItsHelp() {
    List<String> examples = commandsOfHelp();
    for (String name : Main.commandLine().getSubcommands().keySet()) {
      boolean hidden =
          Main.commandLine().getSubcommands().get(name).getCommandSpec().usageMessage().hidden();
      assertThat(hidden || examples.stream().anyMatch(line -> line.startsWith("ftl " + name)))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void linksOfDocumentsLeadToFilesThatAreThere() throws IOException {
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        assertThat(document.resolveSibling(link.group(1)).normalize())
            .as(document + ": " + link.group(1))
            .exists();
      }
    }
  }
}
