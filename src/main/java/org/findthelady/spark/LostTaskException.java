package org.findthelady.spark;

/** A task failed as often as Spark tries: it threw, or the executors that ran it died. */
public final class LostTaskException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostTaskException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
