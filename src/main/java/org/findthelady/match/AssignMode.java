package org.findthelady.match;

/** How similarities become a permutation. */
public enum AssignMode {
  /** The paper's: the best reference row of each suspect row; settled only to be applied. */
  ARGMAX,
  /** The best one-to-one assignment, exact. */
  ONE_TO_ONE
}
