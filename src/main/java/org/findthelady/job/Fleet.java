package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.spark.Cluster;

/**
 * Runs many suspects on a cluster. A small one is one task; a large one is driven from here, its
 * blocks and tensors spread over all executors.
 */
final class Fleet {
  /** Suspects of more bytes than this are spread. */
  private static final long LARGE_BYTES = 64L << 20;

  private Fleet() {}

  /** Runs one pair. */
  static PairOutcome auditOne(Cluster cluster, Pair pair) throws IOException {
    List<PairOutcome> outcome = new ArrayList<>();
    run(cluster, List.of(new Suspect(List.of(pair))), (result, index) -> outcome.add(result));
    return outcome.get(0);
  }

  /**
   * Runs all suspects; each result is handed over once, in no particular order.
   *
   * @param done receives an outcome and the index of its suspect
   */
  static void run(Cluster cluster, List<Suspect> suspects, ObjIntConsumer<PairOutcome> done)
      throws IOException {
    List<Suspect> small = new ArrayList<>();
    List<Integer> smallIndex = new ArrayList<>();
    List<Integer> large = new ArrayList<>();
    for (int i = 0; i < suspects.size(); i++) {
      Pair any = suspects.get(i).pairs().get(0);
      if (bytes(any.store(), any.suspect()) > LARGE_BYTES) {
        large.add(i);
      } else {
        small.add(suspects.get(i));
        smallIndex.add(i);
      }
    }
    cluster.run(
        "Auditing " + small.size() + " models, one a task",
        small,
        new SuspectAudit(),
        (outcome, index) -> done.accept(outcome, smallIndex.get(index)));
    for (int index : large) {
      PairAudit audit = new PairAudit();
      done.accept(
          new SuspectAudit()
              .run(suspects.get(index), pair -> audit.audit(pair, new SparkExecution(cluster))),
          index);
    }
  }

  /** Bytes of a file, or of the files in a folder; 0 if there is nothing or it cannot be told. */
  private static long bytes(Store store, String path) {
    try {
      FileInfo location = store.stat(path).orElse(null);
      if (location == null || !location.folder()) {
        return location == null ? 0 : location.length();
      }
      return store.list(path).stream().mapToLong(FileInfo::length).sum();
    } catch (IOException e) {
      return 0; // the task that opens it says what is wrong
    }
  }
}
