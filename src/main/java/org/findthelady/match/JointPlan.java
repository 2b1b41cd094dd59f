package org.findthelady.match;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.JointTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;

/** Decides whether all groups are matched at once, and what is needed for it. */
final class JointPlan {

  /** Units of a group at most: assignments are solved many times. */
  private static final int MOST_UNITS = 512;

  /** Numbers held for one side at most. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private final MatchProblem problem;
  private final Solution solution;

  JointPlan(MatchProblem problem, Solution solution) {
    this.problem = problem;
    this.solution = solution;
  }

  /**
   * What is to be done; null if nothing is: few units are in doubt, or the model or one of its
   * groups is too large, or no tensor has two groups that could tell of each other, or no noise
   * hides it that both sides are unrelated or that some unit's sign was changed.
   */
  JointTask task() {
    if (!doubtful() || !(drowned() || plain())) {
      return null;
    }
    Map<String, int[]> known = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    GroupPermutations around = solution.resync();
    long elements = 0;
    for (GroupScores comparison : solution.values()) {
      Group group = comparison.group();
      if (stands(group)) {
        known.put(group.name(), comparison.columnOf());
        around = PermutationSubsets.without(around, group);
        elements += (long) group.units() * group.units();
        for (Evidence evidence : problem.evidence().evidence(problem.axes(group))) {
          weights.put(evidence.tensor(), (double) evidence.weight());
        }
      }
    }
    elements += weights.keySet().stream().mapToLong(problem.structure()::elements).sum();
    boolean large =
        elements > Math.min(MOST_ELEMENTS, problem.options().blockBytes() / 32)
            || known.values().stream().anyMatch(units -> units.length > MOST_UNITS);
    boolean apart =
        weights.keySet().stream().noneMatch(tensor -> carried(tensor, known.keySet()) > 1);
    return large || apart ? null : new JointTask(known, weights, around, elements);
  }

  private boolean doubtful() {
    long doubtful = 0;
    long units = 0;
    for (GroupScores comparison : solution.values()) {
      for (int unit = 0; unit < comparison.group().units(); unit++) {
        doubtful += MatchConfidence.matched(comparison, unit) ? 0 : 1;
        units++;
      }
    }
    return doubtful >= Thresholds.DOUBTFUL_SHARE * units && units > 0;
  }

  /** Whether most numbers were changed by more than they are. */
  private boolean drowned() {
    long drowned = 0;
    long width = 0;
    for (GroupScores comparison : solution.values()) {
      Group group = comparison.group();
      for (Evidence evidence : problem.evidence().evidence(problem.axes(group))) {
        long numbers = evidence.width() * group.units();
        width += numbers;
        drowned += evidence.noise() >= Thresholds.DROWNED ? numbers : 0;
      }
    }
    return 2 * drowned > width;
  }

  /** Whether the match is better than chance and no unit is the negative of its source. */
  private boolean plain() {
    return solution.standsOut() && solution.values().stream().noneMatch(GroupScores::hasOpposites);
  }

  /** Whether a group has neither parent nor nested groups. */
  private boolean stands(Group group) {
    return group.parent().isEmpty() && !problem.isParent(group);
  }

  /** Axes of a tensor that carry some of the groups. */
  private long carried(String tensor, Set<String> groups) {
    return problem.structure().axes(tensor).stream()
        .filter(axis -> axis.groups().stream().anyMatch(groups::contains))
        .count();
  }
}
