package org.findthelady.match;

/** What is known of one neuron's place. */
public enum MatchState {
  /** The evidence names one source. */
  MATCHED,
  /** Its candidates are identical in every weight: any order is right; index order was taken. */
  INTERCHANGEABLE,
  /** The evidence does not tell; the place given is a guess. */
  AMBIGUOUS
}
