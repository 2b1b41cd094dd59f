package org.findthelady.match;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Group;

/**
 * What follows from doubt (method 3.5): each match is scored again without its ambiguous
 * neighbours, and units in doubt stay among units that do.
 */
final class DoubtSpread {
  private static final int SWEEPS = 4;

  /** Weights of a group up to which its odds are taken again. */
  private static final long MOST_AGAIN = 1 << 22;

  private final MatchProblem problem;
  private final ScorePlanner planner;
  private final Solution solution;

  DoubtSpread(MatchProblem problem, ScorePlanner planner, Solution solution) {
    this.problem = problem;
    this.planner = planner;
    this.solution = solution;
  }

  /**
   * Takes units for doubtful whose place rests on others that are: by what lies beside sure units
   * alone it is not sure. Goes on until no more are found.
   */
  void spread() throws IOException {
    boolean changed = true;
    for (int sweep = 0; sweep < SWEEPS && changed; sweep++) {
      changed = false;
      Map<String, boolean[]> here = new HashMap<>();
      Map<String, boolean[]> there = new HashMap<>();
      solution.values().forEach(comparison -> collectDoubts(comparison, here, there));
      List<ScorePlanner.Request> requests =
          solution.values().stream()
              .filter(comparison -> restsOn(comparison, here.keySet()))
              .map(c -> new ScorePlanner.Request(c.group(), c.evidence(), c.width()))
              .toList();
      for (GroupScores sure : planner.bySureEvidence(requests, solution.resync(), here, there)) {
        GroupScores comparison = solution.get(sure.group().name());
        sure.settle(comparison.columnOf());
        for (int unit = 0; unit < sure.group().units(); unit++) {
          if (MatchConfidence.matched(comparison, unit)
              && !comparison.isProved(unit)
              && !MatchConfidence.matched(sure, unit)) {
            comparison.doubt(unit);
            changed = true;
          }
        }
      }
    }
  }

  private void collectDoubts(
      GroupScores comparison, Map<String, boolean[]> here, Map<String, boolean[]> there) {
    if (!MatchConfidence.unsure(comparison)) {
      return;
    }
    Group group = comparison.group();
    int[] sources = solution.resync().unitSources(problem.structure(), group);
    boolean[] rows = new boolean[sources.length];
    boolean[] columns = new boolean[sources.length];
    for (int unit = 0; unit < rows.length; unit++) {
      rows[unit] = !MatchConfidence.matched(comparison, unit);
      columns[sources[unit]] = rows[unit];
    }
    here.put(group.name(), rows);
    there.put(group.name(), columns);
  }

  /** Whether a group with units that are sure was compared beside one of these groups. */
  private boolean restsOn(GroupScores comparison, Set<String> unsure) {
    Group group = comparison.group();
    boolean sure = false;
    for (int unit = 0; unit < group.units() && !sure; unit++) {
      sure = MatchConfidence.matched(comparison, unit) && !comparison.isProved(unit);
    }
    Set<String> tensors = new LinkedHashSet<>();
    comparison.evidence().forEach(evidence -> tensors.add(evidence.tensor()));
    return sure
        && group.size() > 1
        && comparison.sketched() == null
        && !isLarge(comparison)
        && problem.members().get(group.name()).stream()
            .filter(candidate -> tensors.contains(candidate.member().tensor()))
            .flatMap(candidate -> candidate.around().stream())
            .anyMatch(unsure::contains);
  }

  /** Whether to compare it once more would take long. */
  private static boolean isLarge(GroupScores comparison) {
    return comparison.width() * comparison.group().units() > MOST_AGAIN;
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

  /**
   * Leaves units where they lie whose place is not sure, in groups whose sure units were not moved,
   * or, if a group has few of these, in pairs whose sure units were not. Whoever moved none of the
   * others has hardly moved these. Units that fit elsewhere so much better than in place that they
   * cannot belong there are moved all the same.
   */
  void keepPlaces() {
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
