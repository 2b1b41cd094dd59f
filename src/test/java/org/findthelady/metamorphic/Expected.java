package org.findthelady.metamorphic;

import java.util.EnumSet;
import java.util.Set;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;

/**
 * What an audit must say of a mutation.
 *
 * @param verdicts those that are right
 * @param kinds of the finding; empty if the reason alone must tell it
 * @param tensor where; null for all that were changed
 * @param unit reference index; -1 if it is not about a unit
 * @param size of the finding; NaN for any
 * @param reason what the reason or a finding must contain; empty for anything
 */
record Expected(
    Set<Verdict> verdicts,
    Set<FindingKind> kinds,
    String tensor,
    int unit,
    double size,
    String reason) {
  static final int ANY_UNIT = -2;
  static final Set<Verdict> CHANGED = EnumSet.of(Verdict.DERIVED, Verdict.RESCALED);

  static Expected unit(FindingKind kind, Target target, double size) {
    return unit(kind, target.tensor(), target.unit(), size);
  }

  static Expected unit(FindingKind kind, String tensor, int unit, double size) {
    return new Expected(CHANGED, EnumSet.of(kind), tensor, unit, size, "");
  }

  /** Findings of whatever units of a tensor. */
  static Expected anyUnit(FindingKind kind, String tensor) {
    return unit(kind, tensor, ANY_UNIT, Double.NaN);
  }

  static Expected tensor(FindingKind kind, String tensor, double size) {
    Set<Verdict> verdicts =
        kind == FindingKind.TENSOR_SCALED ? CHANGED : EnumSet.of(Verdict.DERIVED);
    return new Expected(verdicts, EnumSet.of(kind), tensor, -1, size, "");
  }

  static Expected all(FindingKind kind, double size) {
    return tensor(kind, null, size);
  }

  static Expected verdict(Verdict verdict, String reason) {
    return new Expected(
        EnumSet.of(verdict), EnumSet.noneOf(FindingKind.class), null, -1, 0, reason);
  }

  /** The same, and the reason must contain this. */
  Expected saying(String words) {
    return new Expected(verdicts, kinds, tensor, unit, size, words);
  }

  /** One of these kinds at a place that is no tensor. */
  static Expected place(FindingKind kind, String place, int unit, String reason) {
    return new Expected(
        EnumSet.of(Verdict.DERIVED), EnumSet.of(kind), place, unit, Double.NaN, reason);
  }
}
