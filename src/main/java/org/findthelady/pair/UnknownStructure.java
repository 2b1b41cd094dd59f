package org.findthelady.pair;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.compare.SameOrder;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.GroupPermutations;

/** Judges a pair of which no structure is known: by what lies in the same order. */
final class UnknownStructure {
  private UnknownStructure() {}

  /** Tests the tensors that both have, as they lie. */
  static SameOrder sameOrder(PairContext context, MatchOptions options) throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      Weights reference = readers.referenceWeights(0);
      Weights suspect = readers.suspectWeights(0);
      Set<String> constants = Constants.of(context, reference, suspect);
      List<String> names =
          context.compared().stream()
              .map(TensorInfo::name)
              .filter(name -> !constants.contains(name))
              .toList();
      return SameOrder.of(names, reference, suspect);
    }
  }

  /** The match that leaves all where it is. */
  static MatchResult inPlace(SameOrder order) {
    Origin origin =
        order != null && order.holds()
            ? new Origin(order.logP(), 0, order.units(), Double.NaN, List.of())
            : Origin.untested();
    return new MatchResult(GroupPermutations.identity(), List.of(), List.of(), origin, List.of());
  }

  /** The pair with the structure that its weights show; unchanged if they show none. */
  static PairContext found(PairContext context, MatchOptions options) throws IOException {
    FoundStructure found = FoundStructure.of(context.with(FoundStructure.NONE), options);
    boolean any = !found.structure().groups().isEmpty() || found.alignment().isExchanged();
    return any ? context.with(found.alignment()).with(found.structure()) : context;
  }

  /**
   * A judgement with what was found of the order. A suspect is unrelated only if what no
   * permutation changes fits no better than by chance; else it may be a relative whose order was
   * not found.
   */
  static Judgement told(Judgement judgement, PairContext context, SameOrder order)
      throws IOException {
    if (order.holds()) {
      return judgement.told("; " + order.words());
    }
    boolean open =
        judgement.verdict() == Verdict.UNDECIDED || judgement.verdict() == Verdict.UNRELATED;
    if (!open || judgement.reason().equals(Judge.HOLDS_NOTHING)) {
      return judgement;
    }
    InvariantFit fit = InvariantFit.of(context);
    return new Judgement(
        fit.isChance() ? Verdict.UNRELATED : Verdict.UNDECIDED,
        (order.inPlace() == 0 ? "not" : "little of it")
            + " in the reference's order, and no order that brings it there shows; "
            + fit.words()
            + "; "
            + order.words());
  }
}
