package org.findthelady.match.verdict;

import java.util.Collection;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;

/** Tells quantisation by how few different values are left. */
final class Quantised {
  private Quantised() {}

  /**
   * Bits that hold all values of a tensor.
   *
   * @param most bits that are told as quantisation
   * @return 0 if it says nothing: a tensor with few numbers, or with so few left by pruning; -1 if
   *     its values are many, or no fewer than the reference's
   */
  static int bits(TensorComparison tensor, int most) {
    int distinct = tensor.suspectDistinct();
    double zeros = tensor.suspectZeroShare() * tensor.elements();
    double numbers = tensor.elements() - zeros - tensor.notFinite();
    if (!tensor.weight() || numbers < Thresholds.NUMBERS_PER_VALUE) {
      return 0;
    }
    if (tensor.kept() > 0 && tensor.keptEqual() > Thresholds.KEPT_VALUES * tensor.kept()) {
      return -1;
    }
    if (distinct < 0
        || (tensor.referenceDistinct() >= 0 && distinct >= tensor.referenceDistinct())) {
      return distinct >= 0 && numbers < Thresholds.NUMBERS_PER_VALUE * (double) distinct ? 0 : -1;
    }
    if (numbers < Thresholds.NUMBERS_PER_VALUE * (double) distinct) {
      return 0;
    }
    int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(distinct - 1));
    return bits > most ? -1 : bits;
  }

  /**
   * Bits that hold the values of every changed weight tensor; 0 if that says nothing.
   *
   * @param limit bits that are told as quantisation
   */
  static int bits(Collection<TensorComparison> differing, int limit) {
    int most = 0;
    for (TensorComparison tensor : differing) {
      int bits = bits(tensor, limit);
      if (bits < 0) {
        return 0;
      }
      most = Math.max(most, bits);
    }
    return most;
  }
}
