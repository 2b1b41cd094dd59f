package org.findthelady.structure.derive;

import java.util.List;
import org.findthelady.structure.Structure;

/**
 * A structure read off a graph.
 *
 * @param structure groups and axes; a frozen axis says why
 * @param notes operators that are not known, or are used in a way that is not, and what they froze
 * @param steps elementary steps that the trace took
 */
public record TracedStructure(Structure structure, List<String> notes, long steps) {
  public TracedStructure {
    notes = List.copyOf(notes);
  }
}
