package org.findthelady.report;

import java.io.Serializable;

/**
 * One permutation group of one model.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param group name in the structure
 * @param counts its neurons over all instances
 * @param certified neurons whose match is proven, no other can be nearer; null if not computed
 * @param margins of its neurons
 * @param psi percent placed right; null where the truth is not known
 * @param drawing what is drawn of it
 */
public record GroupRow(
    String runId,
    String modelId,
    String group,
    NeuronCounts counts,
    Long certified,
    Margins margins,
    Double psi,
    GroupDrawing drawing)
    implements Serializable {}
