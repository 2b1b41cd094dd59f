package org.findthelady.report;

import java.io.Serializable;

/**
 * One tensor of one model, compared after re-synchronisation.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param stored which tensor
 * @param likeness to the reference's tensor
 * @param values what its values look like
 * @param bytesEqual whether every byte is equal
 */
public record LayerRow(
    String runId,
    String modelId,
    StoredTensor stored,
    Likeness likeness,
    Values values,
    boolean bytesEqual)
    implements Serializable {
  /** Whether every number is the same, though it may be stored in another way. */
  boolean sameNumbers() {
    return bytesEqual || (likeness.relativeL2() != null && likeness.relativeL2() == 0);
  }

  /**
   * A tensor as it is stored.
   *
   * @param tensor name in the reference
   * @param dtype element type in the suspect
   * @param shape of the tensor, e.g. {@code [64, 3, 7, 7]}
   */
  public record StoredTensor(String tensor, String dtype, String shape) implements Serializable {}

  /**
   * How alike two tensors are.
   *
   * @param cosine of all its elements; null if a side is zero or holds NaN
   * @param normRatio l2 norm of the suspect's over the reference's; null if the reference's is zero
   * @param relativeL2 norm of the difference over the reference's norm; null likewise
   */
  public record Likeness(Double cosine, Double normRatio, Double relativeL2)
      implements Serializable {}

  /**
   * What pruning and quantisation leave behind.
   *
   * @param zeroFractionReference share of elements that are exactly zero, 0 to 1
   * @param zeroFractionSuspect likewise
   * @param distinctValues number of different values in the suspect; null if not counted
   */
  public record Values(
      double zeroFractionReference, double zeroFractionSuspect, Long distinctValues)
      implements Serializable {}
}
