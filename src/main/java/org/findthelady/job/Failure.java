package org.findthelady.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.OutputException;
import org.findthelady.report.Words;

/** Tells failures of what a job reads from failures of what it writes, and both to people. */
public final class Failure {
  private Failure() {}

  /**
   * What a job throws for an I/O failure.
   *
   * @param input what the job reads
   * @return for a failed output an exception with the {@link OutputException} as its cause, which
   *     names the output's path
   */
  static RuntimeException of(String input, IOException failure) {
    OutputException output = OutputException.in(failure);
    return output == null
        ? new CheckpointException(
            CheckpointException.Reason.of(failure), input + ": " + failure.getMessage(), failure)
        : new UncheckedIOException(output);
  }

  /** A message for a terminal, which names out of a checkpoint must not steer. */
  public static String printable(String message) {
    return message
        .lines()
        .map(Words::printable)
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
