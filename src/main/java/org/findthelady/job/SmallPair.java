package org.findthelady.job;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;

/**
 * A pair that is done in this process, without Spark: the same code as a Spark task runs for it,
 * and the same result. Starting Spark would take longer than the work.
 */
final class SmallPair {
  /** Whoever prepared a Spark application wants it to be used. */
  private static final String PREPARED = "spark.master";

  private SmallPair() {}

  /** Whether both lie on local disks, are small, and no Spark application waits for them. */
  static boolean is(Store store, String reference, String suspect) throws IOException {
    return System.getProperty(PREPARED) == null
        && isSmall(store, reference)
        && isSmall(store, suspect);
  }

  private static boolean isSmall(Store store, String path) throws IOException {
    if (!Location.isLocal(path)) {
      return false;
    }
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

  static PairOutcome audit(PairRequest pair) {
    return new PairAudit().run(pair);
  }

  /** The same; what is written has everything undone that is certain. */
  static PairOutcome corrected(PairRequest pair) {
    return new PairAudit(true).run(pair);
  }
}
