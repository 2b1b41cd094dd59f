package org.findthelady.report;

import java.io.Serializable;

/**
 * One permutation group of one model.
 *
 * @param runId the run
 * @param modelId unique within the run
 * @param group name in the structure
 * @param neurons units over all instances
 * @param moved neurons found in another place
 * @param ambiguous neurons with more than one candidate that matter
 * @param interchangeable neurons with several candidates, all alike
 * @param rescaled neurons whose norm differs while their direction holds
 * @param flipped neurons whose sign is turned
 * @param certified neurons whose match is proven, no other can be nearer; null if not computed
 * @param smallestMargin best cosine minus runner-up; null if nothing was matched
 * @param medianMargin likewise
 * @param psi percent placed right; null where the truth is not known
 */
public record GroupRow(
    String runId,
    String modelId,
    String group,
    long neurons,
    long moved,
    long ambiguous,
    long interchangeable,
    long rescaled,
    long flipped,
    Long certified,
    Double smallestMargin,
    Double medianMargin,
    Double psi)
    implements Serializable {}
