package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;

/** Whether factors of units explain what differs, and whether the function is kept. */
final class UnitScaling {
  private final MatchResult match;
  private final List<NeuronChanges> changes;
  private final double roundoff;
  private final double tolerance;

  /**
   * @param changes of every group of {@code match}
   * @param roundoff largest relative error of the types that store the weights
   */
  UnitScaling(MatchResult match, List<NeuronChanges> changes, double roundoff) {
    this.match = match;
    this.changes = changes;
    this.roundoff = roundoff;
    this.tolerance = Math.max(Thresholds.UNDONE, 2 * roundoff);
  }

  /** Units that were scaled or had their sign turned. */
  long units() {
    return changes.stream().mapToLong(c -> c.rescaledCount() + c.flippedCount()).sum();
  }

  /**
   * Whether every tensor that differs is the reference's but for factors of units.
   *
   * @param whole name of the stack that a tensor is part of, or its own
   */
  boolean explains(List<TensorComparison> differing, UnaryOperator<String> whole) {
    Set<String> explained = new HashSet<>();
    for (int g = 0; g < changes.size(); g++) {
      GroupMatch group = match.groups().get(g);
      for (int m = 0; m < group.members().size(); m++) {
        if (explains(group, changes.get(g), m)) {
          explained.add(group.members().get(m).tensor());
        }
      }
    }
    return differing.stream().allMatch(t -> explained.contains(whole.apply(t.tensor())));
  }

  /** Whether factors of a group's units are all that differs on one of its members. */
  boolean explains(GroupMatch group, NeuronChanges change, int member) {
    boolean narrow = group.members().get(member).width() <= Thresholds.NARROW;
    for (int leaf = 0; leaf < group.units(); leaf++) {
      if (change.keepsFunction(leaf)) {
        continue;
      }
      double cosine = group.memberCosines()[member][leaf];
      double scale = Math.abs(group.scales()[member][leaf]);
      boolean plain = Math.abs(scale - 1) <= tolerance;
      boolean holds =
          Math.abs(cosine) > Thresholds.SAME_DIRECTION && isFactor(group, member, leaf, roundoff);
      boolean bothZero = Double.isNaN(cosine) && Double.isNaN(scale);
      boolean follows =
          change.changed(leaf)
              && (!narrow || Math.abs(scale / change.factor(leaf) - 1) <= tolerance);
      if (!bothZero && !(holds && (follows || (plain && cosine > 0)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a factor is all that changed a unit's numbers: noise far too small to turn their
   * direction is none.
   */
  static boolean isFactor(GroupMatch group, int member, int leaf, double roundoff) {
    double square = group.squares()[member][leaf];
    double gap = group.gaps()[member][leaf] / square;
    if (square == 0 || Double.isNaN(gap)) {
      return true;
    }
    double byFactor = group.scales()[member][leaf] - 1.0;
    double rounded = Math.max(Thresholds.ROUNDING, 2 * roundoff);
    return gap - byFactor * byFactor <= Thresholds.BY_FACTOR * gap + rounded * rounded;
  }

  /**
   * How many units were scaled, and how many turned.
   *
   * @param scaled words for those that were scaled, with a place for their number
   */
  String inWords(String scaled) {
    int rescaled = changes.stream().mapToInt(NeuronChanges::rescaledCount).sum();
    int flipped = changes.stream().mapToInt(NeuronChanges::flippedCount).sum();
    List<String> parts = new ArrayList<>();
    if (rescaled > 0) {
      parts.add(scaled.formatted(rescaled));
    }
    if (flipped > 0) {
      parts.add(flipped + " neurons had their sign turned");
    }
    return String.join(", ", parts);
  }

  /** Units that were scaled, had their sign turned, or both. */
  long changed() {
    return count((change, leaf) -> true);
  }

  /** Changed units for which nothing around them makes up. */
  long broken() {
    return count((change, leaf) -> !change.keepsFunction(leaf));
  }

  /** Changed units whose value has another sign than in the reference. */
  long turned() {
    return count(NeuronChanges::turnedValue);
  }

  private interface Test {
    boolean of(NeuronChanges change, int leaf);
  }

  private long count(Test test) {
    long count = 0;
    for (int g = 0; g < changes.size(); g++) {
      for (int leaf = 0; leaf < match.groups().get(g).units(); leaf++) {
        NeuronChanges change = changes.get(g);
        count += change.changed(leaf) && test.of(change, leaf) ? 1 : 0;
      }
    }
    return count;
  }
}
