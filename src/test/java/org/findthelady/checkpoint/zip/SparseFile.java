package org.findthelady.checkpoint.zip;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.SeekableInput;

/** A file in memory of which runs of zeros take none; counts how it is read. */
public final class SparseFile implements SeekableInput {
  private final TreeMap<Long, byte[]> parts = new TreeMap<>();
  private long length;
  private int requests;
  private long bytesRead;

  SparseFile() {}

  /** A file of these bytes. */
  public SparseFile(byte[] bytes) {
    parts.put(0L, bytes.clone());
    length = bytes.length;
  }

  void append(byte[] bytes) {
    if (bytes.length > 0) {
      parts.put(length, bytes.clone());
      length += bytes.length;
    }
  }

  void append(ByteBuffer whole) {
    byte[] bytes = new byte[whole.capacity()];
    whole.rewind().get(bytes);
    append(bytes);
  }

  void appendZeros(long count) {
    length += count;
  }

  /** Reads so far. */
  public int requests() {
    return requests;
  }

  /** Bytes read so far. */
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public String location() {
    return "/sparse.pt";
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) {
    if (position < 0 || position + count > length) {
      throw new IllegalArgumentException(position + " + " + count + " of " + length);
    }
    requests++;
    bytesRead += count;
    Arrays.fill(target, offset, offset + count, (byte) 0);
    Long first = parts.floorKey(position);
    for (Map.Entry<Long, byte[]> part :
        parts.subMap(first == null ? 0L : first, position + count).entrySet()) {
      long from = Math.max(position, part.getKey());
      long to = Math.min(position + count, part.getKey() + part.getValue().length);
      if (from < to) {
        System.arraycopy(
            part.getValue(),
            (int) (from - part.getKey()),
            target,
            offset + (int) (from - position),
            (int) (to - from));
      }
    }
  }

  @Override
  public void close() {}
}
