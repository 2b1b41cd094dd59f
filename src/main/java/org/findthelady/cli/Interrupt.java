package org.findthelady.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What is said when the user ends the process: one line, and nothing of what libraries have to say
 * about it.
 */
final class Interrupt {
  private static volatile boolean running;

  private Interrupt() {}

  /** Watches for the end of the process while a command runs. */
  static void watch(String command) {
    running = true;
    String kept =
        command.equals("audit")
            ? " Models that are done are kept: the same command goes on from there."
            : "";
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (running) {
                    PrintStream terminal = System.err;
                    silence();
                    terminal.println("\nInterrupted." + kept);
                  }
                },
                "interrupt"));
  }

  /** The command has ended by itself. */
  static void ended() {
    running = false;
  }

  private static void silence() {
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  }
}
