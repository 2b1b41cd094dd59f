package org.findthelady.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.pair.Execution;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.ThreadedExecution;

/**
 * A pair that is done in this process, without Spark: the same code as Spark tasks run for it, and
 * the same result. Starting Spark would take longer than the work.
 */
final class InProcessPair {
  /** Whoever prepared a Spark application wants it to be used. */
  private static final String PREPARED = "spark.master";

  private InProcessPair() {}

  /** Whether both lie on local disks, and no Spark application waits for them. */
  static boolean is(String reference, String suspect) {
    return System.getProperty(PREPARED) == null
        && Location.isLocal(reference)
        && Location.isLocal(suspect);
  }

  static PairOutcome audit(PairRequest pair) {
    return new PairAudit().audit(pair, execution(pair));
  }

  /** The same; what is written has everything undone that is certain. */
  static PairOutcome corrected(PairRequest pair) {
    return new PairAudit(true).audit(pair, execution(pair));
  }

  /** A small pair in this thread, a larger one in several. */
  private static Execution execution(PairRequest pair) {
    try {
      boolean small =
          isSmall(pair.store(), pair.reference()) && isSmall(pair.store(), pair.suspect());
      return small ? new LocalExecution() : new ThreadedExecution();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSmall(Store store, String path) throws IOException {
    Optional<FileInfo> location = store.stat(path);
    if (location.isEmpty()) {
      return true; // nothing is there: the sooner that is said, the better
    }
    long bytes = location.get().length();
    if (location.get().folder()) {
      bytes = store.list(path).stream().mapToLong(FileInfo::length).sum();
    }
    return bytes <= LocalExecution.LARGE_BYTES;
  }
}
