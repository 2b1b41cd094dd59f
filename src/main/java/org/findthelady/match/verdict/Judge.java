package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.findthelady.core.Verdict;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;

/** Turns what was measured of a re-synchronised suspect into a verdict. */
public final class Judge {
  /** Fewer tested neurons than this cannot rule a common origin out. */
  private static final long ENOUGH_TESTS = 32;

  /** Unrelated weights are not bit-equal; so many that are speak for themselves. */
  private static final double EQUAL_SHARE = 0.05;

  private static final double PRUNED_SHARE = 0.01;
  private static final int MOST_BITS = 12;

  private Judge() {}

  /**
   * Judges one suspect.
   *
   * @param match how it was put back
   * @param changes of every group, in the order of {@code match}
   * @param all every tensor compared after that
   * @param aside names of those that are no weights: optimizer state, averaged copies
   */
  public static Judgement judge(
      MatchResult match,
      List<NeuronChanges> changes,
      List<TensorComparison> all,
      Predicate<String> aside) {
    List<TensorComparison> tensors = all.stream().filter(t -> !aside.test(t.tensor())).toList();
    long others = all.stream().filter(t -> aside.test(t.tensor()) && !t.bytesEqual()).count();
    Judgement judgement = judge(match, changes, tensors);
    if (others == 0) {
      return judgement;
    }
    String told = "; " + others + " tensors of optimizer state or averaged copies differ";
    boolean unchanged =
        judgement.verdict() == Verdict.IDENTICAL || judgement.verdict() == Verdict.PERMUTED;
    return (unchanged ? new Judgement(Verdict.DERIVED, judgement.reason()) : judgement).told(told);
  }

  private static Judgement judge(
      MatchResult match, List<NeuronChanges> changes, List<TensorComparison> tensors) {
    long moved = match.groups().stream().mapToLong(Judge::moved).sum();
    List<TensorComparison> differing = tensors.stream().filter(t -> !t.bytesEqual()).toList();
    if (differing.isEmpty()) {
      return moved == 0
          ? new Judgement(
              Verdict.IDENTICAL, "all " + tensors.size() + " tensors are the same bytes")
          : new Judgement(
              Verdict.PERMUTED,
              "all %d tensors are the same bytes once %d neurons are put back"
                  .formatted(tensors.size(), moved));
    }
    Difference total = Difference.of(tensors);
    if (!match.origin().common() && total.equalShare() < EQUAL_SHARE) {
      return noCommonOrigin(match.origin(), total);
    }
    int rescaled = changes.stream().mapToInt(NeuronChanges::rescaledCount).sum();
    int flipped = changes.stream().mapToInt(NeuronChanges::flippedCount).sum();
    double weakest = changes.stream().mapToDouble(NeuronChanges::weakestDirection).min().orElse(1);
    String altered = altered(rescaled, flipped);
    if (rescaled + flipped > 0 && weakest > NeuronChanges.SAME_DIRECTION) {
      return new Judgement(Verdict.RESCALED, altered + "; every direction holds");
    }
    List<String> how = new ArrayList<>();
    if (rescaled > 0) {
      how.add("norms of " + rescaled + " neurons stand out of their layer's");
    }
    if (flipped > 0) {
      how.add(flipped + " neurons had their sign turned");
    }
    how.addAll(howMuch(tensors, differing, total));
    return new Judgement(Verdict.DERIVED, String.join("; ", how));
  }

  private static Judgement noCommonOrigin(Origin origin, Difference total) {
    String numbers =
        format(
            "cosine %.3f after the best match; an unrelated model does as well with p = %.2g"
                + " (%d neurons tested)",
            total.cosine(), Math.exp(origin.logP()), origin.tests());
    return new Judgement(
        origin.tests() >= ENOUGH_TESTS ? Verdict.UNRELATED : Verdict.UNDECIDED, numbers);
  }

  private static String altered(int rescaled, int flipped) {
    List<String> parts = new ArrayList<>();
    if (rescaled > 0) {
      parts.add(rescaled + " neurons were scaled");
    }
    if (flipped > 0) {
      parts.add(flipped + " neurons had their sign turned");
    }
    return String.join(", ", parts);
  }

  private static List<String> howMuch(
      List<TensorComparison> tensors, List<TensorComparison> differing, Difference total) {
    List<String> how = new ArrayList<>();
    if (total.suspectZeroShare() - total.referenceZeroShare() > PRUNED_SHARE) {
      how.add(
          format(
              "%.1f %% of the changed weights are zero (reference: %.1f %%)",
              100 * total.suspectZeroShare(), 100 * total.referenceZeroShare()));
    }
    int bits = bits(differing);
    if (bits > 0) {
      how.add("at most " + (1 << bits) + " values a tensor: quantised to " + bits + " bits");
    }
    if (total.notFinite() > 0) {
      how.add(total.notFinite() + " values are NaN or infinite");
    }
    how.add(
        format(
            "relative difference %.3g, cosine %.4f, %d of %d tensors changed",
            total.relative(), total.cosine(), differing.size(), tensors.size()));
    return how;
  }

  /** Bits that hold the values of every changed weight tensor; 0 if that says nothing. */
  private static int bits(List<TensorComparison> differing) {
    int most = 0;
    for (TensorComparison tensor : differing) {
      if (!tensor.weight()) {
        continue;
      }
      int distinct = tensor.suspectDistinct();
      if (distinct < 0
          || (tensor.referenceDistinct() >= 0 && distinct >= tensor.referenceDistinct())) {
        return 0;
      }
      most = Math.max(most, distinct);
    }
    int bits = most == 0 ? 0 : Math.max(1, 32 - Integer.numberOfLeadingZeros(most - 1));
    return bits > MOST_BITS ? 0 : bits;
  }

  /** Leaves of a group that come from another place. */
  public static long moved(GroupMatch group) {
    long moved = 0;
    for (int leaf = 0; leaf < group.sources().length; leaf++) {
      moved += group.sources()[leaf] == leaf ? 0 : 1;
    }
    return moved;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
