package org.findthelady.match.verdict;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.structure.StackedTensor;

/**
 * What a verdict needs to know of a pair beside what was matched and compared.
 *
 * @param aside whether a tensor is no weight: optimizer state, an averaged copy
 * @param stacks tensors of the structure that lie in several of the checkpoint
 * @param equal what equal tensors say; empty if the match alone shows a common origin
 * @param roundoff largest relative error of the types that store the weights, of both sides
 */
public record PairFacts(
    Predicate<String> aside,
    List<StackedTensor> stacks,
    Map<String, EqualTensor> equal,
    double roundoff) {
  public PairFacts {
    Objects.requireNonNull(aside);
    stacks = List.copyOf(stacks);
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

  /** Name of the stack that a tensor is part of, or its own. */
  String whole(String tensor) {
    return stacks.stream()
        .filter(stack -> stack.parts().contains(tensor))
        .map(StackedTensor::name)
        .findFirst()
        .orElse(tensor);
  }

  /** Plain float32 weights, each tensor on its own. */
  public static PairFacts plain() {
    return new PairFacts(name -> false, List.of(), Map.of(), 0);
  }
}
