package org.findthelady.core;

/** Nothing can be said of a suspect, since looking at it failed. Another try may succeed. */
public final class NotAuditedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NotAuditedException(String message) {
    super(message);
  }
}
