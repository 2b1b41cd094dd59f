package org.findthelady.core;

/** The caller's fault (arguments, job file, configuration): shown as one line, no stack trace. */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserException(String message) {
    super(message);
  }

  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
