package org.findthelady.checkpoint;

import java.io.IOException;
import java.io.InputStream;

/** A stream over part of a file that skips without reading. */
public final class RangeStream extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final SeekableInput input;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final long end;
  private long next;
  private int at;
  private int filled;

  public RangeStream(SeekableInput input, long start, long length) {
    this.input = input;
    this.next = start;
    this.end = Math.addExact(start, length);
  }

  private boolean fill() throws IOException {
    if (next >= end) {
      return false;
    }
    filled = (int) Math.min(buffer.length, end - next);
    input.readFully(next, buffer, 0, filled);
    next += filled;
    at = 0;
    return true;
  }

  @Override
  public int read() throws IOException {
    return at < filled || fill() ? buffer[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (at >= filled && !fill()) {
      return -1;
    }
    int taken = Math.min(count, filled - at);
    System.arraycopy(buffer, at, target, offset, taken);
    at += taken;
    return taken;
  }

  @Override
  public long skip(long count) {
    long buffered = Math.min(count, filled - at);
    at += (int) buffered;
    long beyond = Math.min(count - buffered, end - next);
    next += beyond;
    return buffered + beyond;
  }
}
