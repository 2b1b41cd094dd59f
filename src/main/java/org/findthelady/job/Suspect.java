package org.findthelady.job;

import java.io.Serializable;
import java.util.List;

/**
 * One suspect and the references that it is held against.
 *
 * @param pairs one a reference; at least one, all of the same suspect
 */
record Suspect(List<Pair> pairs) implements Serializable {
  Suspect {
    pairs = List.copyOf(pairs);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("a suspect needs a reference");
    }
  }
}
