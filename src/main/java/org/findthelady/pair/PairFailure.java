package org.findthelady.pair;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.pair.NotAudited.Cause;
import org.findthelady.spark.LostTaskException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what stopped the audit of a pair into the pair's outcome. UNREADABLE is for bytes that were
 * read and are bad; where looking failed, the suspect was not audited.
 */
final class PairFailure {
  private static final Logger LOG = LoggerFactory.getLogger(PairFailure.class);

  private final PairRequest pair;
  private final String format;
  private final double seconds;

  /**
   * @param format of the suspect; empty if it was not known
   * @param seconds that were spent on the pair
   */
  PairFailure(PairRequest pair, String format, double seconds) {
    this.pair = pair;
    this.format = format;
    this.seconds = seconds;
  }

  /** The outcome of a pair whose reference could not be opened. */
  PairOutcome ofReference(CheckpointException failure) {
    return isChanged(failure)
        ? of(failure)
        : notAudited(Cause.REFERENCE, failure.reason() + ": " + failure.getMessage());
  }

  /** The outcome of a pair whose reference is not what the caller named. */
  PairOutcome ofStructure(UserException failure) {
    return notAudited(Cause.STRUCTURE, failure.getMessage());
  }

  /** The outcome of a pair that was stopped by {@code failure}. */
  PairOutcome of(Throwable failure) {
    OutputException output = OutputException.in(failure);
    if (output != null) {
      return notAudited(Cause.OUTPUT, output.getMessage());
    }
    // An executor's exception arrives wrapped.
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof CheckpointException unreadable) {
        return of(unreadable);
      }
      if (at instanceof UserException) {
        return PairOutcome.ended(pair, Verdict.INCOMPARABLE, at.getMessage(), format, seconds);
      }
      if (at instanceof OutOfMemoryError) {
        return notAudited(Cause.OUT_OF_MEMORY, pair.suspect() + ": " + at.getMessage());
      }
      if (at instanceof IOException io) {
        return of(io);
      }
    }
    if (failure instanceof LostTaskException) {
      return notAudited(Cause.LOST_TASK, pair.suspect() + ": " + failure.getMessage());
    }
    LOG.error("{}: unexpected failure", pair.suspect(), failure);
    return notAudited(Cause.INTERNAL_ERROR, pair.suspect() + ": " + failure);
  }

  private PairOutcome of(CheckpointException failure) {
    return switch (failure.reason()) {
      case IO ->
          failure.getCause() instanceof IOException io
              ? of(io)
              : notAudited(Cause.STORAGE, failure.getMessage());
      case CHANGED_DURING_RUN -> notAudited(Cause.CHANGED_DURING_RUN, failure.getMessage());
      case MISSING ->
          isChanged(failure)
              ? notAudited(Cause.CHANGED_DURING_RUN, failure.getMessage())
              : missing(failure);
      default -> unreadable(failure.reason(), failure.getMessage());
    };
  }

  /** A file that an index names belongs to the checkpoint; the checkpoint itself may be gone. */
  private PairOutcome missing(CheckpointException failure) {
    String nothing = pair.suspect() + ": nothing is there";
    return failure.getMessage().equals(nothing)
        ? notAudited(Cause.MISSING, failure.getMessage())
        : unreadable(failure.reason(), failure.getMessage());
  }

  private static boolean isChanged(CheckpointException failure) {
    return failure.reason() == CheckpointException.Reason.CHANGED_DURING_RUN
        || failure.getCause() instanceof FileNotFoundException
        || failure.getCause() instanceof NoSuchFileException;
  }

  private PairOutcome of(IOException failure) {
    String reason = pair.suspect() + ": " + failure.getMessage();
    CheckpointException.Reason code = CheckpointException.Reason.of(failure);
    if (code != CheckpointException.Reason.IO) {
      return unreadable(code, reason);
    }
    if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
      return notAudited(Cause.CHANGED_DURING_RUN, reason);
    }
    return notAudited(
        failure instanceof AccessDeniedException ? Cause.ACCESS_DENIED : Cause.STORAGE, reason);
  }

  private PairOutcome unreadable(CheckpointException.Reason code, String reason) {
    return PairOutcome.ended(pair, Verdict.UNREADABLE, code + ": " + reason, format, seconds);
  }

  private PairOutcome notAudited(Cause cause, String reason) {
    return PairOutcome.notAudited(pair, new NotAudited(cause, reason), format, seconds);
  }
}
