package org.findthelady.conversion;

import java.util.Map;
import org.findthelady.align.Counterpart;
import org.findthelady.core.DType;

/**
 * A tensor that was looked at, not yet judged: that needs the others of its scheme.
 *
 * @param scheme null if it could not be checked
 * @param tally of the original's numbers as they are
 * @param rounded of the original's numbers rounded to a type first; empty where that was not tried
 * @param onePlus whether the numbers are stored as 1 + w
 */
public record CheckedTensor(
    Counterpart pair, Scheme scheme, Tally tally, Map<DType, Tally> rounded, boolean onePlus) {
  public CheckedTensor {
    rounded = Map.copyOf(rounded);
  }

  static CheckedTensor notChecked(Counterpart pair) {
    return new CheckedTensor(pair, null, new Tally(), Map.of(), false);
  }

  /** What was counted where a scheme's compiler rounds to a type first; null for none. */
  Tally tally(DType first) {
    return first == null ? tally : rounded.getOrDefault(first, tally);
  }

  long elements() {
    return pair.reference().shown().shape().elements();
  }
}
