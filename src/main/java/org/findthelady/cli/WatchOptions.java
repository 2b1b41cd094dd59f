package org.findthelady.cli;

import java.time.Duration;
import org.findthelady.core.UserException;
import org.findthelady.job.Watch;
import picocli.CommandLine.Option;

/** Whether models are audited as they land. */
final class WatchOptions {
  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "10",
      paramLabel = "SECONDS",
      description = {
        "Go on: list the suspects every so many seconds (10), and audit what is new or changed as",
        "soon as two listings show it the same. Ends when it is interrupted."
      })
  private Double interval;

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description = "With --watch: end once nothing has changed for so many seconds.")
  private Double idle;

  boolean isWanted() {
    if (idle != null && interval == null) {
      throw new UserException("--idle goes with --watch only");
    }
    return interval != null;
  }

  Watch.Settings settings() {
    return new Watch.Settings(
        seconds("--watch", interval), idle == null ? null : seconds("--idle", idle));
  }

  private static Duration seconds(String option, double seconds) {
    if (!(seconds >= 0.1 && seconds < 1e9)) {
      throw new UserException(option + " must be at least 0.1 seconds, not " + seconds);
    }
    return Duration.ofMillis(Math.round(1000 * seconds));
  }
}
