package org.findthelady.report;

import java.io.Serializable;

/**
 * One suspect and one reference of an audit.
 *
 * @param runId the run, a hash of its inputs and settings
 * @param modelId the suspect, unique within the run
 * @param referenceId as the job names it
 * @param reference path of the reference checkpoint
 * @param verdict of this pair alone; empty if it was not compared
 * @param reason of the verdict, or why the two were not compared
 * @param measured how far apart the two are
 */
public record PairRow(
    String runId,
    String modelId,
    String referenceId,
    String reference,
    String verdict,
    String reason,
    Measured measured)
    implements Serializable {
  /**
   * How far apart the two are.
   *
   * @param fingerprintDistance of what shuffling does not change, 0 to 1; null if not measured
   * @param relativeL2 norm of the difference over the reference's norm, after re-synchronisation;
   *     null if nothing was compared
   * @param share of the reference in a suspect that is the same merge of several in all its
   *     weights; null if that was not found
   */
  public record Measured(Double fingerprintDistance, Double relativeL2, Double share)
      implements Serializable {}
}
