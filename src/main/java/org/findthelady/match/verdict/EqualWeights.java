package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.EqualTensor;

/**
 * Weights that are the same numbers on both sides once in order. Unrelated weights are equal at the
 * rate that the histograms of values give; more of them than that are no chance. Zeros do not
 * count, and tensors whose numbers follow a rule do not either.
 *
 * @param share of weights other than zero that are equal, in tensors where that is no chance
 * @param tensors these, with the most numbers first
 * @param rules tensors that are equal and follow a rule
 * @param whole numbers other than zero of the tensors that are equal as a whole
 */
record EqualWeights(double share, List<String> tensors, List<String> rules, double whole) {
  EqualWeights {
    tensors = List.copyOf(tensors);
    rules = List.copyOf(rules);
  }

  /**
   * Counts.
   *
   * @param looked what is known of tensors of which much is equal; others do not count as equal
   */
  static EqualWeights of(Collection<TensorComparison> all, Map<String, EqualTensor> looked) {
    double kept = 0;
    double equal = 0;
    double whole = 0;
    List<String> tensors = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    for (TensorComparison tensor : all) {
      EqualTensor known = looked.get(tensor.tensor());
      if (!tensor.weight()) {
        continue;
      }
      if (known != null && known.rule()) {
        if (tensor.sameValues()) {
          rules.add(tensor.tensor());
        }
        continue;
      }
      double numbers =
          tensor.bytesEqual() && known != null ? known.kept() * tensor.elements() : tensor.kept();
      kept += numbers;
      if (known != null && isNoChance(tensor, known, numbers)) {
        equal += tensor.bytesEqual() ? numbers : tensor.keptEqual();
        whole += tensor.sameValues() ? numbers : 0;
        tensors.add(tensor.tensor());
      }
    }
    return new EqualWeights(kept == 0 ? 0 : equal / kept, tensors, rules, whole);
  }

  private static boolean isNoChance(TensorComparison tensor, EqualTensor known, double numbers) {
    double chance = tensor.bytesEqual() ? known.chance() : tensor.chance();
    double share = tensor.bytesEqual() ? 1 : tensor.keptEqual() / numbers;
    double least = 1 / Math.max(1e3, numbers);
    return numbers > 0
        && share > Thresholds.EQUAL_SHARE + Thresholds.EQUAL_TIMES_CHANCE * chance
        && -numbers * divergence(share, Math.max(chance, least)) < Thresholds.EQUAL_LOG_P;
  }

  /** Kullback-Leibler divergence of two rates: the exponent of Chernoff's bound. */
  private static double divergence(double share, double chance) {
    double rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - chance)) : 0;
    return share * Math.log(share / chance) + rest;
  }

  /**
   * Whether so many are equal that they speak for a common origin by themselves: a share of all, or
   * layers that were taken as a whole, however large the rest is.
   */
  boolean common() {
    return share >= Thresholds.EQUAL_SHARE || whole >= Thresholds.EQUAL_WHOLE;
  }
}
