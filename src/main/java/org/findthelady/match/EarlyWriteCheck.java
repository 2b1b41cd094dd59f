package org.findthelady.match;

import java.io.IOException;
import org.findthelady.structure.GroupPermutations;

/** Tells by other means than {@link Matcher}'s own whether a suspect is its reference shuffled. */
@FunctionalInterface
public interface EarlyWriteCheck {
  /** Nothing is known. */
  EarlyWriteCheck UNKNOWN = resync -> false;

  /**
   * Whether every tensor that both have is the same bytes once the suspect is in that order; false
   * if that is not so or not known.
   */
  boolean holds(GroupPermutations resync) throws IOException;
}
