package org.findthelady.job;

import java.util.Map;
import org.findthelady.core.Verdict;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.PairSummary;

/** Compares two checkpoints and says what one is to the other. */
public final class Diff {
  private Diff() {}

  /**
   * What came out.
   *
   * @param summary for people and programs
   */
  public record Result(PairSummary summary) {
    public Verdict verdict() {
      return summary.row().verdict();
    }

    /** For people, in colours or without. */
    public String text(boolean colour) {
      return summary.text(colour);
    }

    /** For programs. */
    public String json() {
      return summary.json();
    }
  }

  /**
   * Small local pairs are compared in this process, others on Spark.
   *
   * @param reference file or folder
   * @param suspect file or folder
   * @param structure how the groups are found
   * @param storage properties of Hadoop's file systems
   */
  public static Result run(
      String reference, String suspect, StructureChoice structure, Map<String, String> storage) {
    Resync.Result result =
        Resync.run(
            new Resync.Request(
                reference,
                suspect,
                null,
                structure,
                MatchSettings.Given.DEFAULTS,
                null,
                Resync.Outputs.NONE,
                storage));
    return new Result(new PairSummary(result.row(), result.layers(), result.notes()));
  }
}
