package org.findthelady.cli;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Verdict;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** When a finished command still ends with an exit code other than 0. */
final class FailOptions {
  /** Models that are named on the terminal. */
  private static final int NAMED = 20;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "VERDICT",
      description = {
        "End with exit code 3 if a model gets one of these verdicts, and name the models.",
        "Default: never."
      })
  private Set<Verdict> failOn = EnumSet.noneOf(Verdict.class);

  @Option(names = "--strict", description = "End with exit code 4 if a model is unreadable.")
  private boolean strict;

  /** As {@link #exitCode(CommandSpec, Map, boolean)}, {@code --strict} deciding alone. */
  int exitCode(CommandSpec spec, Map<String, Verdict> verdicts) {
    return exitCode(spec, verdicts, false);
  }

  /**
   * The exit code; the models that it is about are named on the error stream.
   *
   * @param verdicts by model
   * @param alsoStrict whether an unreadable model counts without {@code --strict} too
   */
  int exitCode(CommandSpec spec, Map<String, Verdict> verdicts, boolean alsoStrict) {
    if ((strict || alsoStrict)
        && tell(spec, "--strict", verdicts, EnumSet.of(Verdict.UNREADABLE))) {
      return ExitCode.UNREADABLE;
    }
    return tell(spec, "--fail-on", verdicts, failOn) ? ExitCode.FINDINGS : ExitCode.DONE;
  }

  private static boolean tell(
      CommandSpec spec, String option, Map<String, Verdict> verdicts, Set<Verdict> wanted) {
    List<String> offenders = new ArrayList<>();
    verdicts.forEach(
        (model, verdict) -> {
          if (wanted.contains(verdict)) {
            offenders.add(model + " " + verdict);
          }
        });
    if (offenders.isEmpty()) {
      return false;
    }
    int more = offenders.size() - NAMED;
    spec.commandLine()
        .getErr()
        .println(
            "ftl: %s: %s%s"
                .formatted(
                    option,
                    String.join(", ", offenders.subList(0, Math.min(NAMED, offenders.size()))),
                    more > 0 ? " and " + more + " more" : ""));
    return true;
  }
}
