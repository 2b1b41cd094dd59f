package org.findthelady.spark;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Results on their way from Spark's scheduler to the thread that uses them. Holds a few at most:
 * the scheduler waits for a slow user.
 */
final class Arrivals<R> {
  private static final int MOST_HELD = 256;
  private static final long POLL_MILLIS = 50;

  /** A result, still serialised, and which item it is of. */
  record Arrival<R>(int index, Wire<R> result) {}

  private final BlockingQueue<Arrival<R>> queue = new LinkedBlockingQueue<>(MOST_HELD);
  private volatile boolean closed;

  /** Adds a result, or drops it if nobody wants it any more. */
  void add(int index, Wire<R> result) {
    Arrival<R> arrival = new Arrival<>(index, result);
    try {
      while (!closed && !queue.offer(arrival, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        // the user is slow
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while handing over a result", e);
    }
  }

  /** The next result; null if none came for a moment. */
  Arrival<R> next() {
    try {
      return queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for results", e);
    }
  }

  /** Says that no result is wanted any more. */
  void close() {
    closed = true;
  }
}
