package org.findthelady.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shell offers for words that are half typed. */
class CompletionTest {
  @TempDir private Path folder;

  /** What is offered for the last word; files if nothing is, unless the shell is told otherwise. */
  private List<String> offered(String... words) throws IOException, InterruptedException {
    Path script = folder.resolve("ftl");
    Files.writeString(script, Manual.completions(Main.commandLine()));
    List<String> command = new ArrayList<>(List.of("bash", "--norc", "-c"));
    command.add(
        "source \"$0\"; compopt() { echo \"compopt $*\"; }; COMP_WORDS=(\"$@\");"
            + " COMP_CWORD=$(($# - 1)); _complete_ftl; printf '%s\\n' \"${COMPREPLY[@]}\"");
    command.add(script.toString());
    command.addAll(List.of(words));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
    bash.waitFor();
    return said.lines().filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void commandsAndOptionsAndVerdicts() throws Exception {
    assertThat(offered("ftl", "au")).contains("audit");
    assertThat(offered("ftl", "audit", "--st")).contains("--strict", "--storage", "--statements");
    assertThat(offered("ftl", "audit", "--fail-on", "D")).contains("DERIVED");
    assertThat(offered("ftl", "watermark", "d")).contains("detect");
  }

  @Test
  void filesWhereAnOptionOrACommandTakesOne() throws Exception {
    assertThat(offered("ftl", "resync", "--reference", "mod")).isEmpty();
    assertThat(offered("ftl", "audit", "--job", "")).isEmpty();
    assertThat(offered("ftl", "watermark", "detect", "--in", "mod")).isEmpty();
    assertThat(offered("ftl", "diff", "mod")).isEmpty();
  }
}
