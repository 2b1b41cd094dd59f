package org.findthelady.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Makes the manual of the distribution out of the command line, when the build packages it. */
public final class Manual {
  private Manual() {}

  /**
   * Writes the sources of the manual pages (AsciiDoc, one a command) and the script that completes
   * commands and options in a shell.
   *
   * @param arguments a folder for the pages, and the file of the script; replaced
   */
  public static void main(String[] arguments) throws IOException {
    CommandLine line = Main.commandLine();
    complete(line.getCommandSpec(), line.getCommandSpec().version());
    Path pages = Files.createDirectories(Path.of(arguments[0]));
    int failed =
        ManPageGenerator.generateManPage(
            pages.toFile(), null, new boolean[0], false, line.getCommandSpec());
    if (failed != 0) {
      throw new IOException(pages + ": picocli's generator returned " + failed);
    }
    try (DirectoryStream<Path> written = Files.newDirectoryStream(pages, "*.adoc")) {
      for (Path page : written) {
        Files.writeString(page, flowing(Files.readString(page)));
      }
    }
    Path script = Path.of(arguments[1]);
    Files.createDirectories(script.getParent());
    Files.writeString(script, completions(line));
  }

  /**
   * The script that completes commands and options. Where it has nothing to offer, the shell offers
   * files: picocli's turns that off for all options but those of the type File, and ours take
   * addresses too.
   */
  static String completions(CommandLine line) {
    return AutoComplete.bash(line.getCommandName(), line)
        .replace("  type compopt &>/dev/null && compopt +o default\n\n", "");
  }

  /** The lines of a description are one paragraph, but for examples. */
  private static String flowing(String page) {
    return page.replace("\n+\n", "\n").replaceAll("\\[%hardbreaks]\n(?!Example)", "");
  }

  /** A page names its version, and has a footer only under a heading. */
  private static void complete(CommandSpec command, String[] version) {
    command.version(version);
    if (command.usageMessage().footer().length > 0) {
      command.usageMessage().footerHeading("Notes%n");
    }
    command.subcommands().values().forEach(below -> complete(below.getCommandSpec(), version));
  }
}
