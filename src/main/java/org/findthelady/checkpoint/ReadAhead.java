package org.findthelady.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.findthelady.core.TensorInfo;

/** Reads one whole tensor beside its owner, who leaves the reader alone meanwhile. */
final class ReadAhead implements AutoCloseable {
  /** Smaller tensors are not worth a thread. */
  private static final long LEAST_BYTES = 1 << 20;

  private TensorInfo tensor;
  private FutureTask<byte[]> task;
  private byte[] spare = new byte[0];

  /** Starts to read a tensor, if that is worth it. */
  void start(TensorReader reader, TensorInfo next) {
    if (next.length() < LEAST_BYTES) {
      return;
    }
    int length = Math.toIntExact(next.length());
    byte[] target = spare.length < length ? new byte[length] : spare;
    tensor = next;
    task =
        new FutureTask<>(
            () -> {
              reader.read(next, 0, ByteBuffer.wrap(target, 0, length));
              return target;
            });
    Thread thread = new Thread(task, "ftl-read-ahead");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits until the reader is free.
   *
   * @param wanted the tensor that is read next
   * @param old the buffer that the caller gives for the one that it gets
   * @return the tensor's bytes; null if they were not read ahead
   */
  byte[] take(TensorInfo wanted, byte[] old) throws IOException {
    if (task == null) {
      return null;
    }
    try {
      byte[] read = task.get();
      boolean hit = wanted.equals(tensor);
      spare = hit ? old : read;
      return hit ? read : null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while '" + tensor.name() + "' was read");
    } finally {
      task = null;
    }
  }

  @Override
  public void close() {
    try {
      take(tensor, spare);
    } catch (IOException | RuntimeException e) {
      spare = new byte[0]; // of no interest to who asks no more for it
    }
  }
}
