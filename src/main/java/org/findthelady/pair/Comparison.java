package org.findthelady.pair;

import java.io.Serializable;
import org.findthelady.core.Verdict;

/**
 * What came of one suspect and one reference.
 *
 * @param referenceId as the job names it
 * @param reference its path
 * @param verdict of a match; null if there was none
 * @param reason of the verdict, or why there is none
 * @param distance of the two descriptions, 0 to 1; null if they were not looked at
 * @param difference relative difference of the weights after the match; null if they were not
 *     compared
 * @param share of the reference in a suspect that was merged from several; null if it was not
 */
public record Comparison(
    String referenceId,
    String reference,
    Verdict verdict,
    String reason,
    Double distance,
    Double difference,
    Double share)
    implements Serializable {
  /** A reference that the suspect was not matched with, or in vain. */
  public static Comparison none(
      String referenceId, String reference, String reason, Double distance) {
    return new Comparison(referenceId, reference, null, reason, distance, null, null);
  }

  /** The same with a reference's share. */
  Comparison sharing(Double part) {
    return new Comparison(referenceId, reference, verdict, reason, distance, difference, part);
  }
}
