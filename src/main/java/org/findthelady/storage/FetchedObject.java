package org.findthelady.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was fetched of one object, in a file that loses its name when it is opened: nothing is left
 * of it once the process is gone. What goes wrong with it costs fetching again and no more.
 * Thread-safe.
 */
final class FetchedObject implements Closeable {
  /** Keeps nothing. */
  static final FetchedObject NONE = new FetchedObject(null);

  private static final int PIECE_BYTES = 1 << 20;

  private final FileChannel file;

  /** Ends of what is there by starts, neither overlapping nor touching. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  private FetchedObject(FileChannel file) {
    this.file = file;
  }

  static FetchedObject in(Path folder) throws IOException {
    Path named = Files.createTempFile(folder, "ftl-fetched", "");
    return new FetchedObject(
        FileChannel.open(
            named,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /** Whether more can be kept and read. Whoever is interrupted at it closes it for all. */
  boolean isOpen() {
    return file != null && file.isOpen();
  }

  /** From where to where bytes of a range are missing, those between counted; equal if none are. */
  synchronized long[] missing(long from, long to) {
    Map.Entry<Long, Long> first = ranges.floorEntry(from);
    long start = first == null ? from : Math.min(to, Math.max(from, first.getValue()));
    Map.Entry<Long, Long> last = ranges.lowerEntry(to);
    boolean ended = last != null && last.getValue() >= to;
    return new long[] {start, ended ? Math.max(start, last.getKey()) : to};
  }

  /** Gives bytes that are not missing; false if that failed. */
  boolean read(long position, byte[] target, int offset, int count) {
    try {
      for (int done = 0; done < count; ) {
        int piece = Math.min(PIECE_BYTES, count - done);
        int read = file.read(ByteBuffer.wrap(target, offset + done, piece), position + done);
        if (read < 0) {
          return false;
        }
        done += read;
      }
      return true;
    } catch (IOException e) {
      close();
      return false;
    }
  }

  /** Keeps bytes that were fetched. */
  void add(long position, byte[] source, int offset, int count) {
    if (!isOpen()) {
      return;
    }
    try {
      for (int done = 0; done < count; ) {
        int piece = Math.min(PIECE_BYTES, count - done);
        done += file.write(ByteBuffer.wrap(source, offset + done, piece), position + done);
      }
      add(position, position + count);
    } catch (IOException e) {
      close();
    }
  }

  private synchronized void add(long from, long to) {
    long start = from;
    long end = to;
    for (Map.Entry<Long, Long> range = ranges.floorEntry(end);
        range != null && range.getValue() >= start;
        range = ranges.floorEntry(end)) {
      start = Math.min(start, range.getKey());
      end = Math.max(end, range.getValue());
      ranges.remove(range.getKey());
    }
    ranges.put(start, end);
  }

  /** Lets go of what is kept. */
  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException isGoneAnyway) {
      // Nothing that is kept is needed.
    }
    synchronized (this) {
      ranges.clear();
    }
  }
}
