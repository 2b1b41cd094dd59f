package org.findthelady.cli;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.findthelady.core.Verdict;
import picocli.CommandLine.Option;

/** When a finished command still ends with an exit code other than 0. */
final class FailOptions {
  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "VERDICT",
      description = "End with exit code 3 if a model gets one of these verdicts. Default: never.")
  private Set<Verdict> failOn = EnumSet.noneOf(Verdict.class);

  @Option(names = "--strict", description = "End with exit code 4 if a model is unreadable.")
  private boolean strict;

  int exitCode(Collection<Verdict> verdicts) {
    return exitCode(verdicts, false);
  }

  /**
   * @param alsoStrict whether an unreadable model counts without {@code --strict} too
   */
  int exitCode(Collection<Verdict> verdicts, boolean alsoStrict) {
    if ((strict || alsoStrict) && verdicts.contains(Verdict.UNREADABLE)) {
      return ExitCode.UNREADABLE;
    }
    return verdicts.stream().anyMatch(failOn::contains) ? ExitCode.FINDINGS : ExitCode.DONE;
  }
}
