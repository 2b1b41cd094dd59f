package org.findthelady.match;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Permutation;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;

/** What is known so far: the scores and the order of each group that was solved. */
final class Solution {
  private final Map<String, GroupScores> scores = new LinkedHashMap<>();
  private final Map<String, GroupScores> first = new LinkedHashMap<>();
  private final Set<String> solved = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();
  private GroupPermutations resync = GroupPermutations.identity();

  GroupPermutations resync() {
    return resync;
  }

  /** Every group that was compared, in the order of solving. */
  Collection<GroupScores> values() {
    return scores.values();
  }

  /** Null where nothing could be compared. */
  GroupScores get(String group) {
    return scores.get(group);
  }

  /** The scores of the first pass, on anchored evidence only. */
  Collection<GroupScores> first() {
    return first.values();
  }

  /** Whether the first pass matched better than chance. */
  boolean standsOut() {
    List<StandOuts> standOuts = first.values().stream().map(StandOuts::of).toList();
    return StandOuts.together(standOuts) < Math.log(Thresholds.COMMON_ORIGIN);
  }

  /** Names of groups that are in order, or that nothing can bring in order. */
  Set<String> solved() {
    return solved;
  }

  List<String> notes() {
    return notes;
  }

  /** The scores that rest on sketches. */
  List<GroupScores> sketched() {
    return scores.values().stream().filter(c -> c.sketched() != null).toList();
  }

  /** Takes a group's settled units for its order. */
  void accept(GroupScores comparison) {
    Group group = comparison.group();
    scores.put(group.name(), comparison);
    first.putIfAbsent(group.name(), comparison);
    move(group, comparison.columnOf());
    solved.add(group.name());
  }

  /** Puts a group in an order. */
  void move(Group group, int[] columnOf) {
    resync = resync.with(group, permutations(group, columnOf));
  }

  /** Leaves a group as it is, for want of evidence. */
  void giveUp(Group group) {
    if (solved.add(group.name())) {
      notes.add("Group " + group.name() + ": no weights tell its units apart; left as it is");
    }
  }

  /**
   * One permutation for each instance.
   *
   * @param columnOf for each unit the unit of the same instance that it takes from; at the root any
   */
  static List<Permutation> permutations(Group group, int[] columnOf) {
    List<Permutation> instances = new ArrayList<>();
    for (int instance = 0; instance < group.instances(); instance++) {
      int[] sources = new int[group.size()];
      for (int unit = 0; unit < sources.length; unit++) {
        sources[unit] = columnOf[instance * group.size() + unit] - instance * group.size();
      }
      instances.add(Permutation.ofSources(sources));
    }
    return instances;
  }
}
