package org.findthelady.match.verdict;

import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.EqualTensor;

/**
 * What a verdict needs to know of a pair beside what was matched and compared.
 *
 * @param aside whether a tensor is no weight: optimizer state, an averaged copy
 * @param whole name of the stack that a tensor is part of, or its own
 * @param equal what equal tensors say; empty if the match alone shows a common origin
 * @param roundoff largest relative error of the types that store the weights, of both sides
 */
public record PairFacts(
    Predicate<String> aside,
    UnaryOperator<String> whole,
    Map<String, EqualTensor> equal,
    double roundoff) {
  public PairFacts {
    Objects.requireNonNull(aside);
    Objects.requireNonNull(whole);
    equal = Map.copyOf(equal);
    if (!(roundoff >= 0 && roundoff < 1)) {
      throw new IllegalArgumentException("roundoff " + roundoff);
    }
  }

  /** Bits up to which few values are quantisation, and not what the types hold anyway. */
  int mostBits() {
    double significant = roundoff == 0 ? Thresholds.MOST_BITS : -Math.log(roundoff) / Math.log(2);
    return (int) Math.min(Thresholds.MOST_BITS, Math.rint(significant));
  }

  /** Plain float32 weights, each tensor on its own. */
  public static PairFacts plain() {
    return new PairFacts(name -> false, name -> name, Map.of(), 0);
  }
}
