package org.findthelady.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Where results go. */
final class Stdout {
  private Stdout() {}

  /** Prints a command's result, so that it is there before anything else happens. */
  static void print(CommandSpec spec, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
