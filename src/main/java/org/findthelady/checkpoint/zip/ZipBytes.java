package org.findthelady.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Little-endian records of one archive, through one window of the file. */
final class ZipBytes {
  private final SeekableInput file;
  private byte[] window = new byte[0];
  private long start;

  ZipBytes(SeekableInput file) {
    this.file = file;
  }

  /** Length of the file. */
  long length() {
    return file.length();
  }

  /**
   * The bytes {@code position .. position + count}, which are read with up to {@code ahead} more
   * bytes behind them unless they were read already.
   */
  ByteBuffer at(long position, int count, int ahead) throws IOException {
    if (position < 0 || position > file.length() - count) {
      throw failure(
          Reason.TRUNCATED,
          "%d bytes needed at %d, the file has %d".formatted(count, position, file.length()));
    }
    if (position < start || position + count > start + window.length) {
      long wanted = Math.max(count, Math.min((long) count + ahead, file.length() - position));
      window = new byte[Math.toIntExact(wanted)];
      start = position;
      file.readFully(position, window, 0, window.length);
    }
    return ByteBuffer.wrap(window, (int) (position - start), count)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  CheckpointException malformed(String message) {
    return failure(Reason.MALFORMED, message);
  }

  CheckpointException failure(Reason reason, String message) {
    return new CheckpointException(reason, file.location() + ": zip: " + message);
  }
}
