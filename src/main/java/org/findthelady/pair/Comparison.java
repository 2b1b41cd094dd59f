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
 */
public record Comparison(
    String referenceId, String reference, Verdict verdict, String reason, Double distance)
    implements Serializable {}
