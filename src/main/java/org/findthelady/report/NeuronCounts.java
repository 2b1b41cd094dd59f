package org.findthelady.report;

import java.io.Serializable;

/**
 * How many neurons of a model or of a group were found how.
 *
 * @param neurons units over all instances
 * @param moved neurons found in another place than the reference's
 * @param ambiguous neurons with more than one candidate that matter
 * @param interchangeable neurons with several candidates, all alike: any order is right
 * @param rescaled neurons whose norm differs while their direction holds
 * @param flipped neurons whose sign is turned
 */
public record NeuronCounts(
    long neurons, long moved, long ambiguous, long interchangeable, long rescaled, long flipped)
    implements Serializable {}
