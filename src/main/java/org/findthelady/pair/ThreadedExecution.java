package org.findthelady.pair;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.NotAuditedException;
import org.findthelady.core.Pace;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.Fingerprint;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.task.MatchTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.GroupPermutations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One large pair in this process, its blocks and tensors spread over threads: what executors do
 * with it, without the seconds that starting Spark takes.
 */
public final class ThreadedExecution implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadedExecution.class);

  private final AtomicLong bytesRead = new AtomicLong();

  @Override
  public Store store(PairRequest pair, OpenedReference reference) {
    bytesRead.set(0);
    return pair.store();
  }

  @Override
  public MatchSession match(PairContext context, MatchOptions options) {
    return new Session(context, options);
  }

  /** Plans in the calling thread, matches in all. */
  private final class Session implements MatchSession, TaskRunner {
    private final PairContext context;
    private final MatchOptions options;
    private final PairReaders shapes;

    Session(PairContext context, MatchOptions options) {
      this.context = context;
      this.options = options;
      this.shapes = new PairReaders(context, options);
    }

    @Override
    public ProposedOrder propose() throws IOException {
      return Matcher.propose(
          context.structure(),
          shapes.referenceWeights(0),
          shapes.suspectWeights(0),
          options,
          this,
          Fingerprint.unknown());
    }

    @Override
    public <R extends Serializable> List<R> run(String stage, List<? extends MatchTask<R>> tasks)
        throws IOException {
      return map(
          stage,
          tasks,
          context,
          options,
          (task, readers) ->
              task.run(
                  context.structure(), readers.referenceWeights(0), readers.suspectWeights(0)));
    }

    @Override
    public void close() throws IOException {
      shapes.close();
    }
  }

  @Override
  public List<TensorComparison> compare(
      PairContext context, MatchOptions options, List<TensorInfo> tensors, GroupPermutations resync)
      throws IOException {
    return map(
        "Comparing " + tensors.size() + " tensors",
        tensors,
        context,
        options,
        (tensor, readers) -> readers.compare(tensor, context.move(tensor.name(), resync)));
  }

  @Override
  public long bytesRead(PairContext context, long beside) {
    return beside + bytesRead.get();
  }

  /** What is done with an item, by readers of its own. */
  private interface Work<T, R> {
    R run(T item, PairReaders readers) throws IOException;
  }

  /** The results in the items' order; says now and then how far it is. */
  private <T, R> List<R> map(
      String description,
      List<? extends T> items,
      PairContext context,
      MatchOptions options,
      Work<T, R> work)
      throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<R>> open = new ArrayList<>();
      for (T item : items) {
        open.add(threads.submit(() -> one(item, context, options, work)));
      }
      Pace pace = new Pace(items.size());
      List<R> results = new ArrayList<>();
      for (Future<R> result : open) {
        results.add(result.get());
        pace.tell(results.size()).ifPresent(text -> LOG.info("{}: {}", description, text));
      }
      return results;
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotAuditedException("interrupted");
    } finally {
      threads.shutdownNow();
    }
  }

  private <T, R> R one(T item, PairContext context, MatchOptions options, Work<T, R> work)
      throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      R result = work.run(item, readers);
      bytesRead.addAndGet(readers.bytesRead());
      return result;
    }
  }

  /** What a thread ended with, for the caller to throw. */
  private static IOException thrown(Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return (IOException) cause;
  }
}
