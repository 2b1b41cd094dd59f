package org.findthelady.checkpoint.numpy;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** A deflated range of a file, read front to back; going back starts again. */
final class InflatedRange implements AutoCloseable {
  private static final int WINDOW_BYTES = 1 << 16;

  private final SeekableInput input;
  private final long position;
  private final long stored;
  private final byte[] window = new byte[WINDOW_BYTES];
  private final Inflater inflater = new Inflater(true);
  private long fed;
  private long at;

  InflatedRange(SeekableInput input, long position, long stored) {
    this.input = input;
    this.position = position;
    this.stored = stored;
  }

  /** Fills {@code target[offset .. offset + count]} with inflated bytes from {@code from} on. */
  void read(long from, byte[] target, int offset, int count) throws IOException {
    if (from < at) {
      inflater.reset();
      fed = 0;
      at = 0;
    }
    byte[] skipped = new byte[(int) Math.min(WINDOW_BYTES, from - at)];
    while (at < from) {
      inflate(skipped, 0, (int) Math.min(skipped.length, from - at));
    }
    int done = 0;
    while (done < count) {
      done += inflate(target, offset + done, count - done);
    }
  }

  private int inflate(byte[] target, int offset, int count) throws IOException {
    try {
      while (true) {
        int inflated = inflater.inflate(target, offset, count);
        if (inflated > 0) {
          at += inflated;
          return inflated;
        }
        if (inflater.finished() || inflater.needsDictionary() || fed == stored) {
          throw new EOFException(
              "%s: %d deflated bytes at %d end after %d"
                  .formatted(input.location(), stored, position, at));
        }
        int length = (int) Math.min(window.length, stored - fed);
        input.readFully(position + fed, window, 0, length);
        inflater.setInput(window, 0, length);
        fed += length;
      }
    } catch (DataFormatException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: the %d bytes at %d are not deflated: %s"
              .formatted(input.location(), stored, position, e.getMessage()),
          e);
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
