package org.findthelady.pair;

import java.io.IOException;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what stopped the audit of a pair into the pair's outcome. */
final class PairFailure {
  private static final Logger LOG = LoggerFactory.getLogger(PairFailure.class);

  private PairFailure() {}

  /**
   * @param format of the suspect; empty if it was not known
   * @param seconds that were spent on the pair
   */
  static PairOutcome outcome(PairRequest pair, String format, double seconds, Throwable failure) {
    String reason;
    Verdict verdict;
    if (failure instanceof CheckpointException e) {
      verdict = Verdict.UNREADABLE;
      reason = e.reason() + ": " + e.getMessage();
    } else if (failure instanceof UserException) {
      verdict = Verdict.INCOMPARABLE;
      reason = failure.getMessage();
    } else if (failure instanceof IOException) {
      verdict = Verdict.UNREADABLE;
      reason = CheckpointException.Reason.IO + ": " + pair.suspect() + ": " + failure.getMessage();
    } else if (failure instanceof OutOfMemoryError || failure instanceof StackOverflowError) {
      verdict = Verdict.UNREADABLE;
      reason = CheckpointException.Reason.LIMIT + ": " + pair.suspect() + ": " + failure;
    } else {
      LOG.error("{}: unexpected failure", pair.suspect(), failure);
      verdict = Verdict.UNDECIDED;
      reason = "internal error: " + failure;
    }
    return PairOutcome.ended(pair, verdict, reason, format, seconds);
  }
}
