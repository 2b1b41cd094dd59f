package org.findthelady.pair;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.BasisChange;
import org.findthelady.match.basis.BasisSearch;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.PairFacts;

/** Looks whether a suspect that no order explains is the reference in other bases. */
final class Bases {
  private static final Set<Verdict> OPEN =
      EnumSet.of(Verdict.DERIVED, Verdict.UNRELATED, Verdict.UNDECIDED);

  private Bases() {}

  /**
   * The judgement, or a better one.
   *
   * @param judgement by order alone
   * @param tensors what was compared for it
   */
  static Judgement judge(
      PairContext context,
      MatchOptions options,
      Judgement judgement,
      List<TensorComparison> tensors,
      PairFacts facts)
      throws IOException {
    double relative = Difference.of(tensors).relative();
    if (!OPEN.contains(judgement.verdict()) || !(relative > Thresholds.BASIS_LEAST)) {
      return judgement;
    }
    Optional<BasisChange> found;
    try (PairReaders readers = new PairReaders(context, options)) {
      found =
          BasisSearch.find(
              context.structure(), readers.referenceWeights(0), readers.suspectWeights(0), options);
    }
    return found
        .filter(change -> !change.undone().isEmpty())
        .filter(change -> change.relative() < Thresholds.BASIS_EXPLAINS * relative)
        .map(change -> judged(change, facts.roundoff()))
        .orElse(judgement);
  }

  private static Judgement judged(BasisChange change, double roundoff) {
    boolean exact = change.isExact(roundoff);
    String end = exact ? ": rounding; the function is kept" : ": the weights were changed besides";
    return new Judgement(
        exact ? Verdict.ROTATED : Verdict.DERIVED,
        String.format(
            Locale.ROOT,
            "%s; once that is undone, the relative difference is %.2g%s",
            String.join(", ", change.undone()),
            change.relative(),
            end));
  }
}
