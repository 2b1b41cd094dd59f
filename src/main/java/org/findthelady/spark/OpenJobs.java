package org.findthelady.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Jobs that Spark works on at the same time, oldest first. Each holds its results until it is taken
 * after its end, so whoever adds jobs bounds what is held.
 */
final class OpenJobs {
  private static final long POLL_MILLIS = 5;

  /**
   * A job that ended.
   *
   * @param first index of its first item
   * @param items how many items it had
   * @param results of its items, in order; null if a task failed for good
   * @param failure why it failed; null if it did not
   */
  record Ended(int first, int items, List<byte[]> results, Throwable failure) {}

  private record Job(int first, int items, Future<List<byte[]>> results) {}

  private final List<Job> open = new ArrayList<>();
  private int items;

  /**
   * Adds a job that was submitted.
   *
   * @param first index of its first item
   * @param count how many items it has
   */
  void add(int first, int count, Future<List<byte[]>> results) {
    open.add(new Job(first, count, results));
    items += count;
  }

  /** Items of the jobs that were not taken yet. */
  int items() {
    return items;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Waits until a job has ended, and takes all that have. */
  List<Ended> take() {
    List<Ended> ended = new ArrayList<>();
    while (ended.isEmpty() && !open.isEmpty()) {
      waitFor(open.get(0).results());
      for (Iterator<Job> jobs = open.iterator(); jobs.hasNext(); ) {
        Job job = jobs.next();
        if (job.results().isDone()) {
          jobs.remove();
          items -= job.items();
          ended.add(ended(job));
        }
      }
    }
    return ended;
  }

  /** Cancels what has not ended. */
  void cancel() {
    open.forEach(job -> job.results().cancel(true));
  }

  private static void waitFor(Future<?> job) {
    try {
      job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // another may have ended; a failure is read when the job is taken
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Ended ended(Job job) {
    try {
      return new Ended(job.first(), job.items(), job.results().get(), null);
    } catch (ExecutionException e) {
      return new Ended(job.first(), job.items(), null, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for results", cause);
  }
}
