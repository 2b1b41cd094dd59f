package org.findthelady.report;

import java.io.Serializable;

/**
 * One neuron with a finding (ambiguous, interchangeable, rescaled, flipped ..); neurons without one
 * have no row.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param group name in the structure
 * @param neuron place in the reference (leaf of the group)
 * @param source place in the suspect that it was matched to; null if none
 * @param cosine of the match; null for a zero row
 * @param margin best cosine minus runner-up; null likewise
 * @param normRatio norm of the suspect's row over the reference's; null if the reference's is zero
 * @param state the finding, e.g. {@code AMBIGUOUS}
 * @param certified whether it is proven that no other neuron of the reference is nearer
 */
public record NeuronRow(
    String runId,
    String modelId,
    String group,
    int neuron,
    Integer source,
    Double cosine,
    Double margin,
    Double normRatio,
    String state,
    boolean certified)
    implements Serializable {}
