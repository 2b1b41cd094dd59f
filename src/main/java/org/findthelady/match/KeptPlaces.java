package org.findthelady.match;

import java.util.List;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Group;

/**
 * Leaves units where they lie whose place is not sure, in groups whose sure units were not moved,
 * or, if a group has few of these, in pairs whose sure units were not (method 3.5). Whoever moved
 * none of the others has hardly moved these. Units that fit elsewhere so much better than in place
 * that they cannot belong there are moved all the same.
 */
final class KeptPlaces {
  private final MatchProblem problem;
  private final Solution solution;

  KeptPlaces(MatchProblem problem, Solution solution) {
    this.problem = problem;
    this.solution = solution;
  }

  /** Sure units, and those of them that are in place. */
  private record Sure(int units, int inPlace) {
    static Sure of(GroupScores comparison) {
      int[] columnOf = comparison.columnOf();
      int sure = 0;
      int inPlace = 0;
      for (int unit = 0; unit < columnOf.length; unit++) {
        if (columnOf.length > 1 && MatchConfidence.matched(comparison, unit)) {
          sure++;
          inPlace += columnOf[unit] == unit ? 1 : 0;
        }
      }
      return new Sure(sure, inPlace);
    }

    Sure plus(Sure other) {
      return new Sure(units + other.units, inPlace + other.inPlace);
    }

    boolean stay() {
      return units >= Thresholds.KEPT_UNITS && inPlace >= Thresholds.KEPT_SHARE * units;
    }
  }

  /** Undoes cycles of a group's order that have doubtful units alone. */
  void keep() {
    List<GroupScores> groups = List.copyOf(solution.values());
    Sure all = groups.stream().map(Sure::of).reduce(new Sure(0, 0), Sure::plus);
    for (GroupScores comparison : groups) {
      Sure own = Sure.of(comparison);
      boolean stays = (own.units() >= Thresholds.KEPT_UNITS ? own : all).stay();
      if (stays
          && comparison.sketched() == null
          && !isParent(comparison.group())
          && undo(comparison)) {
        solution.move(comparison.group(), comparison.columnOf());
      }
    }
  }

  /** Whether other groups lie in the units of this one: their order is told in its own. */
  private boolean isParent(Group group) {
    return problem.structure().groups().stream()
        .anyMatch(other -> other.parent().filter(group.name()::equals).isPresent());
  }

  /** Whether a unit was put back. */
  private static boolean undo(GroupScores comparison) {
    int[] columnOf = comparison.columnOf();
    int[] kept = columnOf.clone();
    boolean[] seen = new boolean[columnOf.length];
    boolean changed = false;
    for (int first = 0; first < columnOf.length; first++) {
      if (seen[first]) {
        continue;
      }
      boolean doubtful = true;
      double odds = 0;
      int length = 0;
      for (int unit = first; !seen[unit]; unit = columnOf[unit]) {
        seen[unit] = true;
        doubtful &= !MatchConfidence.matched(comparison, unit);
        odds += comparison.logOddsAgainstPlace(unit);
        length++;
      }
      if (length > 1 && doubtful && odds <= length * MatchConfidence.enough(columnOf.length)) {
        for (int unit = first; kept[unit] != unit; unit = columnOf[unit]) {
          kept[unit] = unit;
        }
        changed = true;
      }
    }
    comparison.settle(kept);
    return changed;
  }
}
