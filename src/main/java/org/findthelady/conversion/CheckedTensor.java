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
 * @param scaled how it was multiplied before, which what lies around it makes up for
 */
public record CheckedTensor(
    Counterpart pair,
    Scheme scheme,
    Tally tally,
    Map<DType, Tally> rounded,
    boolean onePlus,
    Scaled scaled) {
  public CheckedTensor {
    rounded = Map.copyOf(rounded);
  }

  /** Whether a tensor was multiplied before it was converted. */
  enum Scaled {
    NO,
    /** By factors that the normalisation before it shows. */
    KNOWN,
    /** By factors that were fitted, so that its codes keep them only nearly. */
    FITTED,
    /** It makes up for others that were. */
    BACK
  }

  static CheckedTensor notChecked(Counterpart pair) {
    return new CheckedTensor(pair, null, new Tally(), Map.of(), false, Scaled.NO);
  }

  /** This tensor as what makes up for factors of others. */
  CheckedTensor scaledBack() {
    Tally none = new Tally();
    none.elements = tally.elements;
    return new CheckedTensor(pair, scheme, none, Map.of(), false, Scaled.BACK);
  }

  /** What was counted where a scheme's compiler rounds to a type first; null for none. */
  Tally tally(DType first) {
    return first == null ? tally : rounded.getOrDefault(first, tally);
  }

  long elements() {
    return pair.reference().shown().shape().elements();
  }
}
