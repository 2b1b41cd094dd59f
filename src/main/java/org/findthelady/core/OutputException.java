package org.findthelady.core;

import java.io.IOException;

/**
 * Something of ours could not be written, renamed or removed. Says nothing of any input. The
 * message names the path.
 */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param path what was to be written
   * @param cause what the storage said
   */
  public OutputException(String path, IOException cause) {
    this(path, cause.getMessage(), cause);
  }

  public OutputException(String path, String message, Throwable cause) {
    super("output " + path + ": " + message, cause);
  }

  /** One that was told already: the message names the path. */
  public OutputException(String message) {
    super(message);
  }

  /** The one that caused a failure, however often it was wrapped; null if none did. */
  public static OutputException in(Throwable failure) {
    Throwable at = failure;
    while (at != null && !(at instanceof OutputException)) {
      at = at.getCause();
    }
    return (OutputException) at;
  }
}
