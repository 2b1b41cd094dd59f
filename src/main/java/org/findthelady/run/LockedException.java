package org.findthelady.run;

/** Another process is writing where this one wants to. */
public final class LockedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LockedException(String message) {
    super(message);
  }
}
