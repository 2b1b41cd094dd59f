package org.findthelady.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Small ranges of a file that lie far apart, each fetched by a request of its own, several requests
 * at a time. Hadoop's vectored reads do the same, but Hadoop 3.3.4 (Spark 3.5) does not have them.
 */
final class ScatteredRanges {
  /** Nothing was fetched. */
  static final ScatteredRanges NONE = new ScatteredRanges(new long[0], List.of());

  /** Requests at the same time. */
  private static final int STREAMS = 16;

  /** Bytes that S3A fetches for a range that is shorter. */
  private static final String LEAST_BYTES = "4096";

  private final long[] positions;
  private final List<byte[]> ranges;

  private ScatteredRanges(long[] positions, List<byte[]> ranges) {
    this.positions = positions;
    this.ranges = ranges;
  }

  /**
   * Fetches ranges. Where that fails they are not there, and whoever reads them is told why.
   *
   * @param positions ascending
   * @param count bytes of each
   */
  static ScatteredRanges fetched(
      FileSystem system, FileStatus status, long[] positions, int count) {
    int streams = Math.min(STREAMS, positions.length);
    ExecutorService readers = Executors.newFixedThreadPool(streams, ScatteredRanges::daemon);
    try {
      List<Callable<List<byte[]>>> parts = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        long[] part =
            Arrays.copyOfRange(
                positions, positions.length * i / streams, positions.length * (i + 1) / streams);
        parts.add(() -> read(system, status, part, count));
      }
      List<byte[]> ranges = new ArrayList<>();
      for (Future<List<byte[]>> part : readers.invokeAll(parts)) {
        ranges.addAll(part.get());
      }
      return new ScatteredRanges(positions.clone(), ranges);
    } catch (ExecutionException e) {
      return NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    } finally {
      readers.shutdown();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "ftl-ranges");
    thread.setDaemon(true);
    return thread;
  }

  private static List<byte[]> read(
      FileSystem system, FileStatus status, long[] positions, int count) throws IOException {
    List<byte[]> ranges = new ArrayList<>();
    try (FSDataInputStream stream =
        FutureIO.awaitFuture(
            RemoteInput.opening(system, status)
                .opt("fs.s3a.readahead.range", LEAST_BYTES)
                .build())) {
      for (long position : positions) {
        byte[] range = new byte[count];
        stream.readFully(position, range, 0, count);
        ranges.add(range);
      }
    }
    return ranges;
  }

  /** Gives a part of one of the ranges; false if it was not fetched. */
  boolean read(long position, byte[] target, int offset, int count) {
    int found = Arrays.binarySearch(positions, position);
    int range = found >= 0 ? found : -found - 2;
    if (range < 0 || position + count > positions[range] + ranges.get(range).length) {
      return false;
    }
    System.arraycopy(ranges.get(range), (int) (position - positions[range]), target, offset, count);
    return true;
  }
}
