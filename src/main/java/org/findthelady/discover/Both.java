package org.findthelady.discover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** Does one thing to both sides of a pair at once, if it is long enough to be worth a thread. */
final class Both {
  /** Numbers from which on a second thread is used. */
  private static final long WORTH = 1 << 17;

  private Both() {}

  /** Work that may read. */
  interface Work {
    void run() throws IOException;
  }

  /**
   * Runs both, and returns once both are done.
   *
   * @param numbers that each touches, about
   */
  static void run(long numbers, Work one, Work other) throws IOException {
    if (numbers < WORTH) {
      one.run();
      other.run();
      return;
    }
    ForkJoinTask<?> beside = ForkJoinPool.commonPool().submit(() -> unchecked(other));
    try {
      one.run();
    } finally {
      beside.quietlyJoin();
    }
    Throwable thrown = beside.getException();
    if (thrown instanceof UncheckedIOException e) {
      throw e.getCause();
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private static void unchecked(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
