package org.findthelady.job;

import java.util.Map;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.PairSummary;

/** Compares two checkpoints and says what one is to the other. */
public final class Diff {
  private Diff() {}

  /**
   * Small local pairs are compared in this process, others on Spark.
   *
   * @param reference file or folder
   * @param suspect file or folder
   * @param structure how the groups are found
   * @param storage properties of Hadoop's file systems
   */
  public static PairSummary run(
      String reference, String suspect, StructureChoice structure, Map<String, String> storage) {
    Resync.Result result =
        Resync.run(
            new Resync.Request(
                reference,
                suspect,
                null,
                null,
                null,
                null,
                structure,
                "all",
                "one-to-one",
                1,
                storage));
    return new PairSummary(result.row(), result.layers(), result.notes());
  }
}
