package org.findthelady.fleet;

import java.io.Serializable;
import org.findthelady.candidate.Kin;
import org.findthelady.pair.PairOutcome;

/**
 * A suspect that was held against its references.
 *
 * @param outcome with the nearest of them
 * @param kin what its relatives are found by
 */
public record Audited(PairOutcome outcome, Kin kin) implements Serializable {}
