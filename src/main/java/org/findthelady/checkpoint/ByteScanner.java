package org.findthelady.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Reads a header front to back, little-endian unless told, through a small window. Nothing is
 * allocated before it was compared with what is left of the file.
 */
public final class ByteScanner {
  private static final int WINDOW_BYTES = 1 << 16;

  private final SeekableInput input;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowEnd;

  /** A scanner at the start of the file. */
  public ByteScanner(SeekableInput input) {
    this.input = input;
    window.order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }

  /** From here on numbers have their highest byte first. */
  public void bigEndian() {
    window.order(ByteOrder.BIG_ENDIAN);
  }

  /** Where the next byte comes from. */
  public long position() {
    return windowEnd - window.remaining();
  }

  /** Bytes up to the end of the file. */
  public long remaining() {
    return input.length() - position();
  }

  /** One unsigned byte. */
  public int u8() throws IOException {
    need(1);
    return window.get() & 0xff;
  }

  /** Two bytes, unsigned. */
  public int u16() throws IOException {
    need(2);
    return window.getShort() & 0xffff;
  }

  /** Four bytes. */
  public int i32() throws IOException {
    need(4);
    return window.getInt();
  }

  /** Eight bytes. */
  public long i64() throws IOException {
    need(8);
    return window.getLong();
  }

  /**
   * Eight bytes that count things of at least {@code bytesEach} bytes, all of which lie ahead.
   *
   * @throws CheckpointException with TRUNCATED if the file cannot hold so many
   */
  public long count(String what, long bytesEach) throws IOException {
    long count = i64();
    if (count < 0 || count > remaining() / bytesEach) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %s %s at %d, %d bytes are left"
              .formatted(
                  input.location(),
                  Long.toUnsignedString(count),
                  what,
                  position() - 8,
                  remaining()));
    }
    return count;
  }

  /**
   * The next {@code count} bytes as text.
   *
   * @throws CheckpointException with MALFORMED if they are not UTF-8
   */
  public String text(long count) throws IOException {
    ahead(count);
    byte[] bytes = new byte[Math.toIntExact(count)];
    int done = Math.min(bytes.length, window.remaining());
    window.get(bytes, 0, done);
    if (done < bytes.length) {
      input.readFully(windowEnd, bytes, done, bytes.length - done);
      windowEnd += bytes.length - done;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: the %d bytes before %d are not UTF-8".formatted(input.location(), count, position()),
          e);
    }
  }

  /** Passes over bytes. */
  public void skip(long count) throws IOException {
    ahead(count);
    if (count <= window.remaining()) {
      window.position(window.position() + (int) count);
    } else {
      windowEnd = position() + count;
      window.limit(0);
    }
  }

  private void ahead(long count) {
    if (count < 0 || count > remaining()) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %s bytes at %d are needed, %d are left"
              .formatted(input.location(), Long.toUnsignedString(count), position(), remaining()));
    }
  }

  private void need(int count) throws IOException {
    if (window.remaining() >= count) {
      return;
    }
    ahead(count);
    window.compact();
    int room = (int) Math.min(window.remaining(), input.length() - windowEnd);
    input.readFully(windowEnd, window.array(), window.position(), room);
    windowEnd += room;
    window.position(window.position() + room);
    window.flip();
  }
}
