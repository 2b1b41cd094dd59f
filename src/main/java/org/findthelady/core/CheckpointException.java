package org.findthelady.core;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.zip.ZipException;

/**
 * A checkpoint that cannot be read, or must not be. The message names the file, the tensor where
 * there is one, and both numbers.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Stable codes for reports. */
  public enum Reason {
    /** Fewer bytes than the format needs or declares. */
    TRUNCATED,
    /** The bytes break the format's rules. */
    MALFORMED,
    /** Readable, but made to do harm or to be read in two ways. */
    UNSAFE,
    /** A feature, type or format that is not supported. */
    UNSUPPORTED,
    /** Needs more memory or entries than the settings or the file's own size allow. */
    LIMIT,
    /** A file that should be there is not. */
    MISSING,
    /** The file's length or time differs from what was planned. */
    CHANGED_DURING_RUN,
    /** The storage failed. */
    IO;

    /** What a failure to read says: that bytes are bad, or that the storage failed. */
    public static Reason of(IOException failure) {
      if (failure instanceof EOFException) {
        return TRUNCATED;
      }
      return failure instanceof ZipException || failure instanceof CharacterCodingException
          ? MALFORMED
          : IO;
    }

    /** Whether it says nothing of the file: the same file may be read another time. */
    public boolean isFailureToLook() {
      return this == CHANGED_DURING_RUN || this == IO;
    }
  }

  private final Reason reason;

  public CheckpointException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public CheckpointException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The stable code. */
  public Reason reason() {
    return reason;
  }
}
