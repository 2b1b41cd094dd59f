package org.findthelady.report;

import java.io.Serializable;

/**
 * Best cosine minus runner-up over the neurons of a model or of a group.
 *
 * @param smallestMargin over all neurons; null if nothing was matched
 * @param medianMargin likewise
 */
public record Margins(Double smallestMargin, Double medianMargin) implements Serializable {}
