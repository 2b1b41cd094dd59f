package org.findthelady.pair;

import java.io.Serializable;
import java.util.Objects;

/**
 * Why nothing can be said of a suspect: looking at it failed. This is no verdict; a rerun tries
 * again.
 *
 * @param cause stable code for reports
 * @param reason in one line, with the path
 */
public record NotAudited(Cause cause, String reason) implements Serializable {
  /** Stable codes for reports. */
  public enum Cause {
    /** The storage of the suspect failed. */
    STORAGE,
    /** The storage refused to show the suspect: missing or wrong credentials. */
    ACCESS_DENIED,
    /** There is nothing at the suspect's path. */
    MISSING,
    /** A file of the suspect or the reference changed between plan and reading. */
    CHANGED_DURING_RUN,
    /** The reference could not be read. */
    REFERENCE,
    /** The architecture or graph that was named does not fit the reference. */
    STRUCTURE,
    /** Our own output could not be written. */
    OUTPUT,
    /** Our process had too little memory. */
    OUT_OF_MEMORY,
    /** The processes that audited it died or failed, alone too. */
    LOST_TASK,
    /** A fault of this program. */
    INTERNAL_ERROR
  }

  public NotAudited {
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(reason, "reason");
  }

  /** Cause and reason in one line. */
  public String inWords() {
    return cause + ": " + reason;
  }
}
