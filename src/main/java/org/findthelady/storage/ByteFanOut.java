package org.findthelady.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands a stream of bytes to consumers. From {@value #LARGE_BYTES} bytes on each consumer has a
 * thread of its own and is given copies, in a bounded number of pieces, so that it works beside the
 * others and the caller. Not thread-safe.
 */
public final class ByteFanOut implements AutoCloseable {
  private static final long LARGE_BYTES = 4L << 20;
  private static final int PIECE_BYTES = 1 << 18;
  private static final int PIECES = 32;

  private final List<Consumer> consumers;
  private final List<ExecutorService> workers = new ArrayList<>();
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES);
  private volatile IOException failure;
  private long bytes;

  ByteFanOut(Consumer... consumers) {
    this.consumers = List.of(consumers);
  }

  /** Takes the bytes in order; never two calls at the same time. */
  public interface Consumer {
    void accept(byte[] source, int offset, int count) throws IOException;
  }

  /**
   * Hands on the next bytes.
   *
   * @throws IOException if a consumer failed, with these bytes or any before
   */
  void put(byte[] source, int offset, int count) throws IOException {
    bytes += count;
    if (workers.isEmpty() && bytes < LARGE_BYTES) {
      for (Consumer consumer : consumers) {
        consumer.accept(source, offset, count);
      }
      return;
    }
    if (workers.isEmpty()) {
      start();
    }
    for (int done = 0; done < count; done += PIECE_BYTES) {
      int part = Math.min(PIECE_BYTES, count - done);
      byte[] piece = take();
      System.arraycopy(source, offset + done, piece, 0, part);
      AtomicInteger left = new AtomicInteger(consumers.size());
      for (int i = 0; i < consumers.size(); i++) {
        Consumer consumer = consumers.get(i);
        workers.get(i).execute(() -> consume(consumer, piece, part, left));
      }
    }
  }

  private void consume(Consumer consumer, byte[] piece, int count, AtomicInteger left) {
    try {
      if (failure == null) {
        consumer.accept(piece, 0, count);
      }
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = new IOException(e.toString(), e);
    } finally {
      if (left.decrementAndGet() == 0) {
        free.add(piece);
      }
    }
  }

  private void start() {
    for (int i = 0; i < consumers.size(); i++) {
      workers.add(
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, "ftl-relay");
                thread.setDaemon(true);
                return thread;
              }));
    }
    for (int i = 0; i < PIECES; i++) {
      free.add(new byte[PIECE_BYTES]);
    }
  }

  private byte[] take() throws IOException {
    try {
      byte[] piece = free.take();
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      return piece;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while bytes were handed on");
    }
  }

  /**
   * Waits until all is consumed.
   *
   * @throws IOException if a consumer failed
   */
  void finish() throws IOException {
    for (int i = 0; !workers.isEmpty() && i < PIECES; i++) {
      take();
    }
    close();
  }

  /** Lets the threads go; waits for nothing but the pieces at hand. */
  @Override
  public void close() {
    workers.forEach(ExecutorService::shutdownNow);
    try {
      for (ExecutorService worker : workers) {
        worker.awaitTermination(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.clear();
  }
}
