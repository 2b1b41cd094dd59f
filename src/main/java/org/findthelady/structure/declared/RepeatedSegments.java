package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;

/**
 * Segments of an axis that repeat for every value of an outer digit: {@code head * (query + key)}
 * has the query rows of the first head, its key rows, the query rows of the second head and so on.
 *
 * @param outer the digit that repeats them; empty if they stand once
 * @param inner the digits of every segment
 */
record RepeatedSegments(List<Digit> outer, List<List<Digit>> inner) {
  /** Outer and inner digits of every segment; the sum of their products is the run's length. */
  List<List<Digit>> segments() {
    List<List<Digit>> segments = new ArrayList<>();
    for (List<Digit> digits : inner) {
      List<Digit> all = new ArrayList<>(outer);
      all.addAll(digits);
      segments.add(all);
    }
    return segments;
  }
}
