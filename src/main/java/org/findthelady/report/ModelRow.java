package org.findthelady.report;

import java.io.Serializable;
import org.findthelady.core.Verdict;

/**
 * One suspect model of an audit; exactly one row for every line of the manifest. Seconds are not
 * here: tables are the same bytes on every rerun.
 *
 * @param runId the run, a hash of its inputs and settings
 * @param modelId unique within the run
 * @param reference path of the reference checkpoint
 * @param suspect path of the suspect checkpoint
 * @param format how the suspect is stored; empty if it could not be told
 * @param structure architecture or graph; empty if none fitted
 * @param verdict see {@link Verdict}
 * @param reason why, in one line
 * @param groups permutation groups
 * @param neurons units over all groups and instances
 * @param moved neurons found in another place than the reference's
 * @param ambiguous neurons with more than one candidate that matter
 * @param interchangeable neurons with several candidates, all alike: any order is right
 * @param rescaled neurons whose norm differs while their direction holds
 * @param flipped neurons whose sign is turned
 * @param smallestMargin over all neurons, best cosine minus runner-up; null if nothing was matched
 * @param medianMargin likewise
 * @param psi percent placed right; null where the truth is not known
 * @param pValue probability that an unrelated model of the same shape matches as well; null if not
 *     computed
 * @param cosine of all weights after re-synchronisation; null if nothing was compared
 * @param relativeL2 norm of the difference over the reference's norm, after re-synchronisation;
 *     null likewise
 * @param parameters elements of the suspect's tensors
 * @param bytesRead by the audit of this model, both checkpoints
 */
public record ModelRow(
    String runId,
    String modelId,
    String reference,
    String suspect,
    String format,
    String structure,
    Verdict verdict,
    String reason,
    int groups,
    long neurons,
    long moved,
    long ambiguous,
    long interchangeable,
    long rescaled,
    long flipped,
    Double smallestMargin,
    Double medianMargin,
    Double psi,
    Double pValue,
    Double cosine,
    Double relativeL2,
    long parameters,
    long bytesRead)
    implements Serializable {}
