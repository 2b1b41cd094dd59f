package org.findthelady.pair;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.BasisChange;
import org.findthelady.match.basis.BasisSearch;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Judgement;

/** Looks whether a suspect that no order explains is the reference in other bases. */
final class Bases {
  private static final Set<Verdict> OPEN =
      EnumSet.of(Verdict.DERIVED, Verdict.UNRELATED, Verdict.UNDECIDED);

  private Bases() {}

  /**
   * What other bases explain beyond order.
   *
   * @param judgement by order alone
   * @param tensors what was compared for it
   * @return nothing if they explain no more
   */
  static Optional<BasisChange> find(
      PairContext context,
      MatchOptions options,
      Judgement judgement,
      List<TensorComparison> tensors)
      throws IOException {
    double relative = Difference.of(tensors).relative();
    if (!OPEN.contains(judgement.verdict()) || !(relative > Thresholds.BASIS_LEAST)) {
      return Optional.empty();
    }
    try (PairReaders readers = new PairReaders(context, options)) {
      return BasisSearch.find(
              context.structure(), readers.referenceWeights(0), readers.suspectWeights(0), options)
          .filter(change -> !change.undone().isEmpty())
          .filter(change -> change.relative() < Thresholds.BASIS_EXPLAINS * relative);
    }
  }

  /**
   * The judgement on a change of basis.
   *
   * @param roundoff largest relative error of the types that store the weights
   */
  static Judgement judgement(BasisChange change, double roundoff) {
    boolean exact = change.isExact(roundoff);
    String end = exact ? ": rounding; the function is kept" : ": the weights were changed besides";
    return new Judgement(
        exact ? Verdict.ROTATED : Verdict.DERIVED,
        String.format(
            Locale.ROOT,
            "%s; once that is undone, the relative difference is %.2g%s",
            change.undone().stream()
                .map(BasisChange.Undone::words)
                .collect(Collectors.joining(", ")),
            change.relative(),
            end));
  }

  /** The same as findings. */
  static List<Finding> findings(BasisChange change, double roundoff) {
    return change.undone().stream()
        .map(
            undone ->
                new Finding(
                    FindingKind.BASIS_CHANGED,
                    undone.place(),
                    "",
                    -1,
                    -1,
                    change.relative(),
                    change.isExact(roundoff),
                    1))
        .toList();
  }
}
