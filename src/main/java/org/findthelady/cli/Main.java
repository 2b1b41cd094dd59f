package org.findthelady.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.NotAuditedException;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.job.Failure;
import org.findthelady.run.LockedException;
import org.findthelady.run.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Results go to stdout, logs to stderr. The only place that exits. */
@Command(
    name = "ftl",
    mixinStandardHelpOptions = true,
    description = {
      "Finds how a checkpoint's neurons were permuted against a reference, puts them back, and says"
          + " what else was changed."
    },
    subcommands = {
      InitCommand.class,
      InspectCommand.class,
      PermuteCommand.class,
      ApplyCommand.class,
      PerturbCommand.class,
      DiffCommand.class,
      ResyncCommand.class,
      AuditCommand.class,
      PlanCommand.class,
      EvaluateCommand.class,
      WatermarkCommand.class,
      ExportStructureCommand.class,
      VerifyRunCommand.class,
      VerifyConversionCommand.class,
      DemoCommand.class,
      WarmUpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 an output cannot be written, or an internal error; 2 usage, job file",
      "or a wrong path; 3 a verdict named by --fail-on, or a conversion that is not faithful;",
      "4 a checkpoint is unreadable (inspect, permute, or with --strict); 5 output locked;",
      "6 not audited: some models could not be looked at, a rerun tries them again;",
      "130 interrupted.",
      "",
      "Environment: FTL_JAVA_OPTS has options for the JVM, such as -Xmx8g. NO_COLOR turns colours",
      "off.",
      "",
      "Example:",
      "  ftl demo",
      "  ftl resync --reference owner.safetensors --suspect found.safetensors --out"
          + " back.safetensors"
    })
public final class Main {
  private Main() {}

  /**
   * Runs one command. Returns normally on success, so that a cluster-mode application master sees a
   * success; fails with an exit code, or in cluster mode with an exception.
   */
  public static void main(String[] arguments) {
    TemporaryFolder.prepare();
    Interrupt.watch(arguments.length == 0 ? "" : arguments[0]);
    int code = run(arguments);
    Interrupt.ended();
    if (code == ExitCode.DONE) {
      return;
    }
    if ("cluster".equals(System.getProperty("spark.submit.deployMode"))) {
      throw new IllegalStateException("ftl ended with exit code " + code);
    }
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  public static int run(String... arguments) {
    CommandLine line =
        commandLine()
            .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(new CurrentErr(), true, StandardCharsets.UTF_8));
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      tell(line, "not audited: more memory is needed than -Xmx allows: " + e.getMessage());
      return ExitCode.NOT_WHOLE;
    }
  }

  /** All commands and their options. */
  static CommandLine commandLine() {
    CommandLine line =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(Main::failed)
            .setParameterExceptionHandler(Main::misused);
    line.getCommandSpec().version("Find the Lady " + Version.CURRENT);
    return line;
  }

  /** The error stream as it is when something is written: it may have been silenced. */
  private static final class CurrentErr extends OutputStream {
    @Override
    public void write(int b) {
      System.err.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      System.err.write(bytes, from, length);
    }

    @Override
    public void flush() {
      System.err.flush();
    }
  }

  /** Says what is wrong and where help is: the whole of it would scroll the mistake away. */
  private static int misused(CommandLine.ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    List<String> unknown = command.getUnmatchedArguments();
    boolean unmatched = mistake instanceof CommandLine.UnmatchedArgumentException;
    boolean told = unmatched || unknown.isEmpty();
    command
        .getErr()
        .println("ftl: " + mistake.getMessage() + (told ? "" : "; unknown: " + unknown.get(0)));
    if (!command.getSubcommands().isEmpty() && told && !unmatched) {
      command.usage(command.getErr());
      return ExitCode.USAGE;
    }
    CommandLine.UnmatchedArgumentException.printSuggestions(mistake, command.getErr());
    command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    if (failure instanceof UserException) {
      tell(command, failure.getMessage());
      return ExitCode.USAGE;
    }
    if (failure instanceof NotAuditedException) {
      tell(command, "not audited: " + failure.getMessage());
      return ExitCode.NOT_WHOLE;
    }
    OutputException output = OutputException.in(failure);
    if (output != null) {
      tell(command, output.getMessage());
      return ExitCode.INTERNAL;
    }
    if (failure instanceof CheckpointException unreadable) {
      tell(command, unreadable.reason() + ": " + failure.getMessage());
      return unreadable.reason().isFailureToLook() ? ExitCode.NOT_WHOLE : ExitCode.UNREADABLE;
    }
    if (failure instanceof LockedException) {
      tell(command, failure.getMessage());
      return ExitCode.LOCKED;
    }
    failure.printStackTrace(command.getErr());
    return ExitCode.INTERNAL;
  }

  private static void tell(CommandLine command, String message) {
    command.getErr().println("ftl: " + Failure.printable(message));
  }
}
