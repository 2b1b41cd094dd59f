package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * A part of a file, read forward through a small buffer. Every length is compared with what is left
 * before anything is allocated. Numbers are little-endian unless said otherwise.
 */
final class PickleInput {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LINE_LIMIT = 1 << 16;

  private final SeekableInput file;
  private final String what;
  private final long end;
  private final byte[] buffer;
  private long bufferStart;
  private int bufferLength;
  private int at;

  /**
   * The bytes {@code start .. end} of {@code file}.
   *
   * @param what what they are, for messages: {@code "pickle"}
   */
  PickleInput(SeekableInput file, String what, long start, long end) {
    if (start < 0 || end < start || end > file.length()) {
      throw new IllegalArgumentException(start + ".." + end + " of " + file.length());
    }
    this.file = file;
    this.what = what;
    this.end = end;
    this.bufferStart = start;
    this.buffer = new byte[(int) Math.min(BUFFER_BYTES, end - start)];
  }

  /** Absolute position in the file of the next byte. */
  long position() {
    return bufferStart + at;
  }

  /** Bytes left. */
  long remaining() {
    return end - position();
  }

  int unsignedByte() throws IOException {
    fill(1);
    return buffer[at++] & 0xff;
  }

  int unsignedShort() throws IOException {
    return Short.toUnsignedInt(number(2).getShort());
  }

  int intValue() throws IOException {
    return number(4).getInt();
  }

  long longValue() throws IOException {
    return number(8).getLong();
  }

  double bigEndianDouble() throws IOException {
    return number(8).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  /** A length field of {@code width} bytes (1, 2, 4 or 8), not above what is left after it. */
  long length(int width) throws IOException {
    long value =
        switch (width) {
          case 1 -> unsignedByte();
          case 2 -> unsignedShort();
          case 4 -> Integer.toUnsignedLong(intValue());
          default -> longValue();
        };
    if (value < 0 || value > remaining()) {
      throw truncated(Long.toUnsignedString(value));
    }
    return value;
  }

  byte[] bytes(long count) throws IOException {
    if (count > remaining()) {
      throw truncated(Long.toString(count));
    }
    byte[] bytes = new byte[Math.toIntExact(count)];
    int buffered = Math.min(bytes.length, bufferLength - at);
    System.arraycopy(buffer, at, bytes, 0, buffered);
    long rest = position() + buffered;
    if (buffered < bytes.length) {
      file.readFully(rest, bytes, buffered, bytes.length - buffered);
    }
    skip(count);
    return bytes;
  }

  void skip(long count) {
    if (count < 0 || count > remaining()) {
      throw truncated(Long.toString(count));
    }
    if (count <= bufferLength - at) {
      at += (int) count;
    } else {
      bufferStart = position() + count;
      bufferLength = 0;
      at = 0;
    }
  }

  /** Strict UTF-8. Lone surrogates, which Python can write, become U+FFFD. */
  String utf8(long count) throws IOException {
    return new String(bytes(count), StandardCharsets.UTF_8);
  }

  /** A Python 2 string: UTF-8 where it is valid, else Latin-1. */
  String oldString(long count) throws IOException {
    byte[] bytes = bytes(count);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  /** The text up to the next line feed, which is consumed; UTF-8, at most 64 KiB. */
  String line() throws IOException {
    return new String(latinLine().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** As {@link #line}, each byte a character. */
  String latinLine() throws IOException {
    StringBuilder line = new StringBuilder();
    long start = position();
    for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
      if (line.length() == LINE_LIMIT) {
        throw failure(Reason.LIMIT, "line from byte " + start + " exceeds " + LINE_LIMIT);
      }
      line.append((char) next);
    }
    return line.toString();
  }

  CheckpointException malformed(String message) {
    return failure(Reason.MALFORMED, message);
  }

  CheckpointException failure(Reason reason, String message) {
    return new CheckpointException(reason, file.location() + ": " + what + ": " + message);
  }

  private CheckpointException truncated(String needed) {
    return failure(
        Reason.TRUNCATED,
        "%s bytes needed at byte %d, %d are left".formatted(needed, position(), remaining()));
  }

  private ByteBuffer number(int width) throws IOException {
    fill(width);
    ByteBuffer view = ByteBuffer.wrap(buffer, at, width).order(ByteOrder.LITTLE_ENDIAN);
    at += width;
    return view;
  }

  private void fill(int count) throws IOException {
    if (bufferLength - at >= count) {
      return;
    }
    if (count > remaining()) {
      throw truncated(Integer.toString(count));
    }
    bufferStart = position();
    at = 0;
    bufferLength = (int) Math.min(buffer.length, end - bufferStart);
    file.readFully(bufferStart, buffer, 0, bufferLength);
  }
}
