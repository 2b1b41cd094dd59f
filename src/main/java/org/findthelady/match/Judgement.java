package org.findthelady.match;

import java.io.Serializable;
import org.findthelady.core.Verdict;

/**
 * What was found of one suspect.
 *
 * @param verdict the verdict
 * @param reason why, in one line, with numbers
 */
public record Judgement(Verdict verdict, String reason) implements Serializable {}
