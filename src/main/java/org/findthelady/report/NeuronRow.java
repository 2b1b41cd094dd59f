package org.findthelady.report;

import java.io.Serializable;

/**
 * One neuron with a finding (ambiguous, interchangeable, rescaled, sign flipped); neurons without
 * one have no row.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param place which neuron
 * @param match how well it fits
 * @param state the finding, e.g. {@code AMBIGUOUS}
 * @param certified whether it is proven that no other neuron of the reference is nearer
 */
public record NeuronRow(
    String runId, String modelId, Place place, Match match, String state, boolean certified)
    implements Serializable {
  /**
   * A neuron on both sides.
   *
   * @param group name in the structure
   * @param neuron place in the reference (unit of the group)
   * @param source place in the suspect that it was matched to; null if none
   */
  public record Place(String group, int neuron, Integer source) implements Serializable {}

  /**
   * How well the two fit.
   *
   * @param cosine of the match; null for a zero row
   * @param margin best cosine minus runner-up; null likewise
   * @param normRatio norm of the suspect's row over the reference's; null if the reference's is
   *     zero
   */
  public record Match(Double cosine, Double margin, Double normRatio) implements Serializable {}
}
