package org.findthelady.job;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * SHA-256 of a stream of bytes. From {@value #LARGE_BYTES} bytes on a thread of its own does the
 * sums, from copies in a bounded number of pieces, so that reading or writing goes on beside it.
 * Not thread-safe.
 */
final class BackgroundDigest implements AutoCloseable {
  private static final long LARGE_BYTES = 4L << 20;
  private static final int PIECE_BYTES = 1 << 20;
  private static final int PIECES = 4;

  private final MessageDigest sha;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES);
  private ExecutorService worker;
  private long bytes;

  BackgroundDigest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  void update(byte[] source, int offset, int count) {
    bytes += count;
    if (worker == null && bytes < LARGE_BYTES) {
      sha.update(source, offset, count);
      return;
    }
    if (worker == null) {
      start();
    }
    for (int done = 0; done < count; done += PIECE_BYTES) {
      int part = Math.min(PIECE_BYTES, count - done);
      byte[] piece = take();
      System.arraycopy(source, offset + done, piece, 0, part);
      worker.execute(
          () -> {
            sha.update(piece, 0, part);
            free.add(piece);
          });
    }
  }

  private void start() {
    worker =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "ftl-digest");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < PIECES; i++) {
      free.add(new byte[PIECE_BYTES]);
    }
  }

  private byte[] take() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while summing up bytes", e);
    }
  }

  /** Ends the stream and returns the sum in hexadecimal. */
  String finish() {
    if (worker != null) {
      for (int i = 0; i < PIECES; i++) {
        take();
      }
    }
    close();
    return HexFormat.of().formatHex(sha.digest());
  }

  /** Lets the thread go; waits for nothing but the piece at hand. */
  @Override
  public void close() {
    if (worker == null) {
      return;
    }
    worker.shutdownNow();
    try {
      worker.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    worker = null;
  }
}
