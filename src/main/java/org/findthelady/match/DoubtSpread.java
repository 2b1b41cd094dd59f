package org.findthelady.match;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.structure.Group;

/** Passes doubt on: scores each match again without its ambiguous neighbours (method 3.5). */
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
}
