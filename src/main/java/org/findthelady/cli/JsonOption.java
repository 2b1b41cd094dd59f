package org.findthelady.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whether a command's result is printed for people or for programs. */
final class JsonOption {
  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  void print(CommandSpec spec, Supplier<String> text, Supplier<String> object) {
    Stdout.print(spec, json ? object.get() : text.get());
  }
}
