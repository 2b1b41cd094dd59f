package org.findthelady.storage;

import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;

/**
 * Reads a file that fits its budget once, in one piece, and serves it from memory from then on;
 * what does not fit is passed through. So a small checkpoint is one request to its storage, and
 * what is judged is what is written. Thread-safe.
 */
public final class HeldStore extends ForwardingStore {
  private final HeldStore shared;
  private final Map<FileInfo, byte[]> files = new HashMap<>();
  private long left;

  /**
   * @param budgetBytes all held files together
   */
  public HeldStore(Store store, long budgetBytes) {
    this(store, null, budgetBytes);
  }

  /**
   * @param shared asked first, for files that it holds; null if there is none
   * @param budgetBytes all held files together, those of {@code shared} not counted
   */
  public HeldStore(Store store, HeldStore shared, long budgetBytes) {
    super(store);
    this.shared = shared;
    this.left = budgetBytes;
  }

  private synchronized boolean has(FileInfo file) {
    return files.containsKey(file);
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    if (shared != null && shared.has(file)) {
      return shared.open(file);
    }
    byte[] held = held(file);
    return held == null ? super.open(file) : new HeldInput(file, held);
  }

  private synchronized byte[] held(FileInfo file) throws IOException {
    byte[] held = files.get(file);
    if (held == null && file.length() <= Math.min(left, Integer.MAX_VALUE - 8)) {
      try (SeekableInput input = super.open(file)) {
        held = new byte[(int) file.length()];
        input.readFully(0, held, 0, held.length);
      }
      files.put(file, held);
      left -= held.length;
    }
    return held;
  }

  private record HeldInput(FileInfo file, byte[] bytes) implements SeekableInput {
    @Override
    public String location() {
      return file.path();
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int count) throws IOException {
      if (position < 0 || position > bytes.length - count) {
        throw new EOFException(
            "%s ends at byte %d, %d bytes at %d were asked for"
                .formatted(file.path(), bytes.length, count, position));
      }
      System.arraycopy(bytes, (int) position, target, offset, count);
    }

    @Override
    public int gapBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
