package org.findthelady.match;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.JointTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Decides whether all groups are matched at once, and what is needed for it. */
final class JointPlan {

  /** Leaves of a group at most: assignments are solved many times. */
  private static final int MOST_LEAVES = 512;

  /** Numbers held for one side at most. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private final Structure structure;
  private final Map<String, List<AnchoredAxis>> members;
  private final EvidenceWeights weighing;
  private final MatchOptions options;

  JointPlan(
      Structure structure,
      Map<String, List<AnchoredAxis>> members,
      EvidenceWeights weighing,
      MatchOptions options) {
    this.structure = structure;
    this.members = members;
    this.weighing = weighing;
    this.options = options;
  }

  /**
   * What is to be done; null if nothing is: few leaves are in doubt, or the model or one of its
   * groups is too large, or no tensor has two groups that could tell of each other, or no noise
   * hides it that both sides are unrelated or that some leaf's sign was changed.
   *
   * @param first comparisons on anchored evidence, by group
   * @param comparisons the latest, by group
   */
  JointTask task(
      Map<String, GroupScores> first,
      Map<String, GroupScores> comparisons,
      GroupPermutations resync) {
    if (!doubtful(comparisons) || !(drowned(comparisons) || plain(first, comparisons))) {
      return null;
    }
    Map<String, int[]> known = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    GroupPermutations around = resync;
    long elements = 0;
    for (GroupScores comparison : comparisons.values()) {
      Group group = comparison.group();
      if (stands(group)) {
        known.put(group.name(), comparison.columnOf());
        around = PermutationSubsets.without(around, group);
        elements += (long) group.leaves() * group.leaves();
        for (Evidence evidence : weighing.evidence(members.get(group.name()))) {
          weights.put(evidence.tensor(), (double) evidence.weight());
        }
      }
    }
    elements += weights.keySet().stream().mapToLong(structure::elements).sum();
    boolean large =
        elements > Math.min(MOST_ELEMENTS, options.blockBytes() / 32)
            || known.values().stream().anyMatch(leaves -> leaves.length > MOST_LEAVES);
    boolean apart =
        weights.keySet().stream().noneMatch(tensor -> carried(tensor, known.keySet()) > 1);
    return large || apart ? null : new JointTask(known, weights, around, elements);
  }

  private static boolean doubtful(Map<String, GroupScores> comparisons) {
    long doubtful = 0;
    long leaves = 0;
    for (GroupScores comparison : comparisons.values()) {
      for (int leaf = 0; leaf < comparison.group().leaves(); leaf++) {
        doubtful += MatchConfidence.matched(comparison, leaf) ? 0 : 1;
        leaves++;
      }
    }
    return doubtful >= Thresholds.DOUBTFUL_SHARE * leaves && leaves > 0;
  }

  /** Whether most numbers were changed by more than they are. */
  private boolean drowned(Map<String, GroupScores> comparisons) {
    long drowned = 0;
    long width = 0;
    for (GroupScores comparison : comparisons.values()) {
      Group group = comparison.group();
      for (Evidence evidence : weighing.evidence(members.get(group.name()))) {
        long numbers = evidence.width() * group.leaves();
        width += numbers;
        drowned += evidence.noise() >= Thresholds.DROWNED ? numbers : 0;
      }
    }
    return 2 * drowned > width;
  }

  /** Whether the match is better than chance and no leaf is the negative of its source. */
  private static boolean plain(
      Map<String, GroupScores> first, Map<String, GroupScores> comparisons) {
    List<StandOuts> standOuts = first.values().stream().map(StandOuts::of).toList();
    return StandOuts.together(standOuts) < Math.log(Thresholds.COMMON_ORIGIN)
        && comparisons.values().stream().noneMatch(GroupScores::hasOpposites);
  }

  /** Whether a group has neither parent nor nested groups. */
  private boolean stands(Group group) {
    return group.parent().isEmpty()
        && structure.groups().stream().noneMatch(g -> group.name().equals(g.parentName()));
  }

  /** Axes of a tensor that carry some of the groups. */
  private long carried(String tensor, Set<String> groups) {
    return structure.axes(tensor).stream()
        .filter(axis -> axis.groups().stream().anyMatch(groups::contains))
        .count();
  }
}
