package org.findthelady.conversion;

import org.findthelady.align.Counterpart;

/**
 * A tensor that was looked at, not yet judged: that needs the others of its scheme.
 *
 * @param scheme null if it could not be checked
 * @param onePlus whether the numbers are stored as 1 + w
 */
public record CheckedTensor(Counterpart pair, Scheme scheme, Tally tally, boolean onePlus) {
  static CheckedTensor notChecked(Counterpart pair) {
    return new CheckedTensor(pair, null, new Tally(), false);
  }

  long elements() {
    return pair.reference().shown().shape().elements();
  }
}
