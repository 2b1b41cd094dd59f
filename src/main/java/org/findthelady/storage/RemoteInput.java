package org.findthelady.storage;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.util.functional.FutureIO;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * A file of a Hadoop file system read by position. Small reads are served from windows: a request
 * costs an object store as much as a megabyte. A read somewhere new fetches little, one that goes
 * on where the last one ended fetches twice as much as that.
 */
final class RemoteInput implements SeekableInput {
  private static final int FIRST_BYTES = 1 << 20;
  private static final int MOST_BYTES = 8 << 20;
  private static final int GAP_BYTES = 1 << 20;

  /** The least that is fetched, even where less is expected to be read. */
  private static final int LEAST_BYTES = 1 << 16;

  /** Small ranges with more than this between them are fetched one by one. */
  private static final int APART_BYTES = 1 << 16;

  /** Tensors that are read side by side, each from its first to its last row. */
  private static final int WINDOWS = 4;

  private final FileSystem system;
  private final FileStatus status;
  private final FSDataInputStream stream;
  private final FetchedObject fetched;

  /** Where what is expected to be read next starts and ends. */
  private long expectedFrom;

  private long expectedTo;

  /** Small ranges that were fetched because they are expected. */
  private ScatteredRanges scattered = ScatteredRanges.NONE;

  /** The one that was used longest ago comes first. */
  private final List<Window> windows = new ArrayList<>();

  /** Bytes of the file that were fetched and not yet asked for, or will be asked for again. */
  private static final class Window {
    private byte[] bytes = new byte[0];
    private long start = Long.MIN_VALUE;
    private int count;
    private int next = FIRST_BYTES;

    private long end() {
      return start + count;
    }

    private boolean holds(long position) {
      return position >= start && position < end();
    }

    private boolean precedes(long position) {
      return position >= end() && position <= end() + GAP_BYTES;
    }
  }

  /**
   * Opens the very file that {@code status} describes (on S3: of that entity tag).
   *
   * @param fetched what this process has of it
   */
  RemoteInput(FileSystem system, FileStatus status, FetchedObject fetched) throws IOException {
    this.system = system;
    this.status = status;
    this.fetched = fetched;
    for (int i = 0; i < WINDOWS; i++) {
      windows.add(new Window());
    }
    this.stream = FutureIO.awaitFuture(opening(system, status).build());
  }

  /** How the very file that {@code status} describes is opened. */
  static FutureDataInputStreamBuilder opening(FileSystem system, FileStatus status)
      throws IOException {
    return system
        .openFile(status.getPath())
        .withFileStatus(status)
        .opt(Options.OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY, "random");
  }

  @Override
  public String location() {
    return status.getPath().toString();
  }

  @Override
  public long length() {
    return status.getLen();
  }

  @Override
  public synchronized void readFully(long position, byte[] target, int offset, int count)
      throws IOException {
    if (position > length() - count) {
      throw new EOFException(
          "%s ends at byte %d, %d bytes at %d were asked for"
              .formatted(location(), length(), count, position));
    }
    if (scattered.read(position, target, offset, count)) {
      return;
    }
    long at = position;
    int to = offset;
    int left = count;
    while (left > 0) {
      Window window = window(at);
      if (!window.holds(at)) {
        int piece = window.precedes(at) ? window.next : FIRST_BYTES;
        window.next = Math.min(MOST_BYTES, 2 * piece);
        if (left >= piece) {
          fetch(at, target, to, left);
          window.start = at + left;
          window.count = 0;
          return;
        }
        fill(window, at, (int) Math.min(upTo(at, piece), length() - at));
      }
      int part = (int) Math.min(left, window.end() - at);
      System.arraycopy(window.bytes, (int) (at - window.start), target, to, part);
      at += part;
      to += part;
      left -= part;
    }
  }

  /** Bytes to fetch from a place on: no further than what is expected to be read. */
  private long upTo(long at, int piece) {
    boolean expected = at >= expectedFrom && at < expectedTo;
    return expected ? Math.max(LEAST_BYTES, Math.min(piece, expectedTo - at)) : piece;
  }

  /**
   * Ranges that lie far apart are fetched at once; of those that do not, all between them is read
   * in large pieces.
   */
  @Override
  public synchronized void expect(long[] positions, long count) {
    int last = positions.length - 1;
    expectedFrom = positions[0];
    expectedTo = positions[last] + count;
    boolean apart = last > 0 && (expectedTo - expectedFrom) / last - count >= APART_BYTES;
    scattered =
        apart
            ? ScatteredRanges.fetched(system, status, positions, Math.toIntExact(count))
            : ScatteredRanges.NONE;
  }

  /** The window that holds a place or goes on to it, else the one that was used longest ago. */
  private Window window(long at) {
    Window found =
        windows.stream()
            .filter(window -> window.holds(at))
            .findFirst()
            .or(() -> windows.stream().filter(window -> window.precedes(at)).findFirst())
            .orElse(windows.get(0));
    windows.remove(found);
    windows.add(found);
    return found;
  }

  private void fill(Window window, long position, int count) throws IOException {
    window.count = 0;
    if (window.bytes.length < count) {
      window.bytes = new byte[count];
    }
    fetch(position, window.bytes, 0, count);
    window.start = position;
    window.count = count;
  }

  /** Reads what was fetched before, and fetches what is missing in one piece. */
  private void fetch(long position, byte[] target, int offset, int count) throws IOException {
    long[] missing = fetched.missing(position, position + count);
    int from = (int) (missing[0] - position);
    int to = (int) (missing[1] - position);
    boolean kept =
        fetched.read(position, target, offset, from)
            && fetched.read(missing[1], target, offset + to, count - to);
    if (!kept) {
      from = 0;
      to = count;
    }
    if (from < to) {
      send(position + from, target, offset + from, to - from);
      fetched.add(position + from, target, offset + from, to - from);
    }
  }

  private void send(long position, byte[] target, int offset, int count) throws IOException {
    try {
      stream.readFully(position, target, offset, count);
    } catch (PathIOException e) {
      // S3A's RemoteFileChangedException, which file systems beside it do not have.
      if (e.getClass().getSimpleName().equals("RemoteFileChangedException")) {
        throw new CheckpointException(
            Reason.CHANGED_DURING_RUN,
            "%s: is another file than when it was planned".formatted(location()),
            e);
      }
      throw e;
    } catch (EOFException e) {
      throw new IOException(
          "%s: the storage gave fewer than %d bytes at %d".formatted(location(), count, position),
          e);
    }
  }

  @Override
  public int gapBytes() {
    return GAP_BYTES;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
