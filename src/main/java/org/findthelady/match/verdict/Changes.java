package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;

/** What was done to a suspect of the reference's origin, in words with numbers. */
final class Changes {
  /** Tensors that are named where so few are concerned. */
  private static final int NAMED = 3;

  /** Tensors that are the same, while others changed, that are named at most: a layer's. */
  private static final int SAME = 8;

  private static final String QUANTISED = "at most %d values a tensor: quantised to %d bits";

  private static final String NORMS = "norms of %d neurons stand out of their layer's";

  private final MatchResult match;
  private final List<TensorComparison> tensors;
  private final List<TensorComparison> differing;
  private final UnitScaling scaling;
  private final Difference total;
  private final PairFacts facts;

  Changes(
      MatchResult match,
      List<TensorComparison> tensors,
      List<TensorComparison> differing,
      UnitScaling scaling,
      Difference total,
      PairFacts facts) {
    this.match = match;
    this.tensors = tensors;
    this.differing = differing;
    this.scaling = scaling;
    this.total = total;
    this.facts = facts;
  }

  /** A reason without what few values made one guess at, where rounding tells the bits. */
  static String withoutBits(String reason) {
    return reason.replaceFirst(QUANTISED.replace("%d", "\\d+") + "; ", "");
  }

  /** A reason without what zeros, few values and norms that stand out made one guess at. */
  static String withoutGuesses(String reason) {
    return withoutNorms(withoutBits(reason))
        .replaceFirst("[0-9.]+ % of the changed weights are zero [^;]*; ", "");
  }

  /** A reason without norms that stand out. */
  static String withoutNorms(String reason) {
    return reason.replaceFirst(NORMS.replace("%d", "\\d+") + "[^;]*; ", "");
  }

  String inWords() {
    List<String> how = new ArrayList<>();
    // A norm that pruning or quantisation moved was not scaled.
    int bits = Quantised.bits(differing, facts.mostBits());
    if (scaling.units() > 0 && total.keptEqual() != 1 && bits == 0) {
      how.add(scaling.inWords(NORMS));
    }
    if (total.suspectZeroShare() - total.referenceZeroShare() > Thresholds.PRUNED_SHARE) {
      how.add(
          format(
              "%.1f %% of the changed weights are zero (reference: %.1f %%)",
              100 * total.suspectZeroShare(), 100 * total.referenceZeroShare()));
      if (total.keptEqual() == 1) {
        how.add("all others are the reference's own: pruned from it");
      }
    }
    if (bits > 0) {
      how.add(QUANTISED.formatted(1 << bits, bits));
    }
    if (total.notFinite() > 0) {
      how.add(total.notFinite() + " values are NaN or infinite");
    }
    how.add(differences());
    if (bits == 0 && scaling.units() == 0 && isTwoTrainings()) {
      how.add(
          "neither side holds the other whole: networks that were trained apart from one start look"
              + " so");
    }
    shared(how);
    return String.join("; ", how);
  }

  /**
   * Whether every weight moved away from what the two share on both sides. What was made from the
   * reference holds it whole: the suspect's part along the reference's weights is as large as they
   * are, whatever was added. Of one start, each of two trainings holds a part, and neither leaves
   * most of the weights as they were.
   */
  private boolean isTwoTrainings() {
    List<TensorComparison> weights =
        differing.stream()
            .filter(tensor -> tensor.weight() && tensor.elements() > Thresholds.ENOUGH_TESTS)
            .toList();
    return weights.size() > 1
        && tensors.stream().noneMatch(tensor -> tensor.weight() && tensor.sameValues())
        && 2L * weights.size() > tensors.stream().filter(TensorComparison::weight).count()
        && weights.stream()
            .allMatch(
                tensor ->
                    tensor.cosine() > Thresholds.NOTHING_LEFT
                        && tensor.dot() < Thresholds.HOLDS_WHOLE * tensor.referenceSquares()
                        && tensor.dot() < Thresholds.HOLDS_WHOLE * tensor.suspectSquares());
  }

  private String differences() {
    long weights = differing.stream().filter(TensorComparison::weight).count();
    long terms = differing.size() - weights;
    String names = differing.size() <= NAMED ? ": " + names(differing) : "";
    if (weights == 0) {
      return format(
          "all weights are the same; %d of %d tensors changed, biases or normalisation terms,"
              + " relative difference %.3g%s",
          terms, tensors.size(), total.relativeTerms(), names);
    }
    String beside =
        terms > 0 && total.relativeTerms() > Thresholds.ROUNDING
            ? format(
                ", biases and normalisation terms by a relative difference of %.3g",
                total.relativeTerms())
            : "";
    return format(
        "relative difference %.3g, cosine %.4f, %d of %d tensors changed%s%s",
        total.relative(), total.cosine(), differing.size(), tensors.size(), beside, names);
  }

  /** Says where the common origin shows, if that is in few places only. */
  private void shared(List<String> how) {
    List<TensorComparison> same =
        tensors.stream().filter(t -> t.weight() && t.sameValues()).toList();
    if (!same.isEmpty() && same.size() <= SAME && differing.size() > SAME) {
      how.add("the same values in " + names(same));
    }
    List<String> groups =
        match.origin().groups().stream()
            .filter(Origin.GroupOrigin::common)
            .map(Origin.GroupOrigin::group)
            .toList();
    int tested = match.origin().groups().size();
    if (!groups.isEmpty() && groups.size() <= NAMED && 2 * groups.size() < tested) {
      how.add(
          format(
              "a common origin shows in %d of %d groups alone: %s",
              groups.size(), tested, String.join(", ", groups)));
    }
  }

  private static String names(List<TensorComparison> some) {
    return String.join(", ", some.stream().map(TensorComparison::tensor).toList());
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
