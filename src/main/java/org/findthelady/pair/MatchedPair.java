package org.findthelady.pair;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.compare.SameOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.structure.GroupPermutations;

/**
 * A pair whose suspect is in the reference's order.
 *
 * @param context with the suspect's rotary rows converted, if they had to be
 * @param match how neurons were put back; null if all tensors were the same bytes as they lay
 * @param tensors every compared tensor in that order; empty if all were the same bytes
 * @param changes of every group of {@code match}
 * @param facts what a verdict needs to know beside
 * @param order what was found of the tensors as they lie; null where a structure is known
 */
record MatchedPair(
    PairContext context,
    MatchResult match,
    List<TensorComparison> tensors,
    List<NeuronChanges> changes,
    PairFacts facts,
    SameOrder order) {
  /** A pair of the same bytes: nothing was matched. */
  static MatchedPair same(PairContext context) {
    return of(context, null);
  }

  static MatchedPair of(
      PairContext context, MatchResult match, List<TensorComparison> tensors, PairFacts facts) {
    List<NeuronChanges> changes =
        match.groups().parallelStream()
            .map(group -> NeuronChanges.of(group, facts.roundoff()))
            .toList();
    return new MatchedPair(context, match, tensors, changes, facts, null);
  }

  /** What a second look at a tensor needs of a pair. */
  static MatchedPair of(PairContext context, MatchResult match) {
    return new MatchedPair(context, match, List.of(), List.of(), PairFacts.plain(), null);
  }

  /** This pair once its tensors were looked at as they lie. */
  MatchedPair after(SameOrder found) {
    return new MatchedPair(context, match, tensors, changes, facts, found);
  }

  /** What puts the suspect in the reference's order. */
  GroupPermutations resync() {
    return match == null ? GroupPermutations.identity() : match.resync();
  }

  /** The compared tensors with their types and shapes. */
  List<PairOutcome.Compared> compared() {
    List<PairOutcome.Compared> compared = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      var tensor = context.compared().get(i);
      compared.add(new PairOutcome.Compared(tensors.get(i), tensor.dtype(), tensor.shape()));
    }
    return compared;
  }
}
