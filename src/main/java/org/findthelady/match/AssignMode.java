package org.findthelady.match;

/** How similarities become a permutation. */
public enum AssignMode {
  /**
   * The paper's: the best reference row of each suspect row. To be applied, of several that go to
   * one row the most like it stays there, and the others take rows that are left, in index order.
   */
  ARGMAX,
  /** The best one-to-one assignment, exact. */
  ONE_TO_ONE
}
