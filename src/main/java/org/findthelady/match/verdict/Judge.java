package org.findthelady.match.verdict;

import java.util.List;
import java.util.Locale;
import org.findthelady.core.Verdict;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;

/** Turns what was measured of a re-synchronised suspect into a verdict. */
public final class Judge {
  /** The reason where there is nothing to compare, whatever the order. */
  public static final String HOLDS_NOTHING =
      "the suspect holds no numbers other than zero and NaN: there is nothing to compare";

  private final MatchResult match;
  private final List<TensorComparison> tensors;
  private final List<TensorComparison> differing;
  private final UnitScaling scaling;
  private final Difference total;
  private final EqualWeights equal;
  private final PairFacts facts;

  private Judge(
      MatchResult match,
      List<NeuronChanges> changes,
      List<TensorComparison> tensors,
      PairFacts facts) {
    this.match = match;
    this.tensors = tensors;
    this.differing = tensors.stream().filter(t -> !t.sameValues()).toList();
    this.scaling = new UnitScaling(match, changes, facts.roundoff());
    this.total = Difference.of(tensors);
    this.equal = EqualWeights.of(tensors, facts.equal());
    this.facts = facts;
  }

  /**
   * Judges one suspect.
   *
   * @param match how it was put back
   * @param changes of every group, in the order of {@code match}
   * @param all every tensor compared after that
   * @param facts what else is known of the pair
   */
  public static Judgement judge(
      MatchResult match, List<NeuronChanges> changes, List<TensorComparison> all, PairFacts facts) {
    List<TensorComparison> tensors =
        all.stream().filter(t -> !facts.aside().test(t.tensor())).toList();
    long others =
        all.stream().filter(t -> facts.aside().test(t.tensor()) && !t.bytesEqual()).count();
    Judgement judgement = new Judge(match, changes, tensors, facts).judge();
    if (others == 0) {
      return judgement;
    }
    String told = "; " + others + " tensors of optimizer state or averaged copies differ";
    return (judgement.verdict().isUnchanged()
            ? new Judgement(Verdict.DERIVED, judgement.reason())
            : judgement)
        .told(told);
  }

  /**
   * The judgement of a suspect of the reference's origin whose numbers were only rounded, by
   * whatever factors that seems to have changed norms.
   */
  public static Judgement rounded(
      MatchResult match, List<NeuronChanges> changes, List<TensorComparison> all, PairFacts facts) {
    List<TensorComparison> tensors =
        all.stream().filter(t -> !facts.aside().test(t.tensor())).toList();
    return new Judge(match, changes, tensors, facts).derived().withoutGuesses();
  }

  private Judgement judge() {
    if (differing.isEmpty()) {
      return unchanged();
    }
    if (holdsNothing()) {
      return new Judgement(Verdict.UNDECIDED, HOLDS_NOTHING);
    }
    if (!match.origin().common() && !equal.common()) {
      return noCommonOrigin();
    }
    if (scaling.units() > 0 && scaling.explains(differing, facts::whole)) {
      return rescaled();
    }
    return derived();
  }

  private Judgement derived() {
    return new Judgement(
        Verdict.DERIVED, new Changes(match, tensors, differing, scaling, total, facts).inWords());
  }

  private Judgement unchanged() {
    long moved = match.groups().stream().mapToLong(Judge::moved).sum();
    boolean bytes = tensors.stream().allMatch(TensorComparison::bytesEqual);
    String same = bytes ? "the same bytes" : "the same values, stored in another type";
    return moved == 0
        ? new Judgement(Verdict.IDENTICAL, "all " + tensors.size() + " tensors are " + same)
        : new Judgement(
            Verdict.PERMUTED,
            "all %d tensors are %s once %d neurons are put back"
                .formatted(tensors.size(), same, moved));
  }

  /** Whether the suspect's weights are all zero or no numbers. */
  private boolean holdsNothing() {
    return tensors.stream().anyMatch(TensorComparison::weight)
        && tensors.stream()
            .filter(TensorComparison::weight)
            .allMatch(t -> !t.bytesEqual() && t.elements() > 0 && t.suspectSquares() == 0);
  }

  private Judgement noCommonOrigin() {
    Origin origin = match.origin();
    StringBuilder reason =
        new StringBuilder(
            format(
                "cosine %.3f after the best match; an unrelated model does as well with p = %.2g"
                    + " (%d neurons tested)",
                total.cosine(), Math.exp(origin.logP()), origin.tests()));
    if (!equal.rules().isEmpty()) {
      reason.append(
          format(
              "; %d equal tensors follow a rule, which says nothing of origin",
              equal.rules().size()));
    }
    if (!equal.tensors().isEmpty()) {
      reason.append("; equal numbers only in ").append(String.join(", ", equal.tensors()));
    }
    // Too few equal numbers to prove an origin still do not fit a stranger.
    boolean enough = origin.tests() >= Thresholds.ENOUGH_TESTS && equal.tensors().isEmpty();
    return new Judgement(enough ? Verdict.UNRELATED : Verdict.UNDECIDED, reason.toString());
  }

  private Judgement rescaled() {
    long broken = scaling.broken();
    String end =
        broken > 0
            ? "; nothing around "
                + (broken == scaling.changed() ? "them" : broken + " of them")
                + " makes up for it: the function is changed"
            : "; what belongs to them is scaled back, which keeps the function of linear"
                + (scaling.turned() > 0 ? " units, not of a ReLU" : " and ReLU units");
    return new Judgement(
        Verdict.RESCALED,
        scaling.inWords("%d neurons were scaled") + "; every direction holds" + end);
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
