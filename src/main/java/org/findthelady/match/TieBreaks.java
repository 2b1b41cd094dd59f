package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.match.task.EqualRows;
import org.findthelady.match.task.SurvivingWeights;
import org.findthelady.match.task.SurvivingWeightsTask;
import org.findthelady.structure.Group;

/**
 * Settles units that cosines leave in doubt: by weights that nobody modified, and by putting equal
 * units in index order (method 3.5).
 */
final class TieBreaks {
  private final MatchProblem problem;
  private final ScorePlanner planner;
  private final Solution solution;
  private final Map<String, SurvivingWeights> survivors = new HashMap<>();

  TieBreaks(MatchProblem problem, ScorePlanner planner, Solution solution) {
    this.problem = problem;
    this.planner = planner;
    this.solution = solution;
  }

  /** Compares, and lets what an attack left alone settle what is in doubt. */
  List<GroupScores> compare(String stage, List<ScorePlanner.Request> requests) throws IOException {
    List<GroupScores> comparisons = planner.compare(stage, requests, solution.resync());
    settle(stage, comparisons);
    return comparisons;
  }

  /** Settles what is in doubt of groups that were compared; what sketches told is left. */
  void settle(String stage, List<GroupScores> comparisons) throws IOException {
    List<GroupScores> scored = comparisons.stream().filter(c -> c.sketched() == null).toList();
    settleByUntouched(stage, scored);
    settleBySurvivors(stage, scored);
  }

  private void settleBySurvivors(String stage, List<GroupScores> comparisons) throws IOException {
    List<GroupScores> doubtful = new ArrayList<>();
    List<SurvivingWeightsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : comparisons) {
      Group group = comparison.group();
      if (problem.options().evidence() == EvidenceMode.ALL && MatchConfidence.unsure(comparison)) {
        doubtful.add(comparison);
        if (!survivors.containsKey(group.name())) {
          List<GroupAxis> all =
              problem.members().get(group.name()).stream().map(AnchoredAxis::member).toList();
          tasks.add(
              new SurvivingWeightsTask(
                  group.name(),
                  all,
                  problem.around(solution.resync(), all.stream().map(GroupAxis::tensor).toList()),
                  problem.options().blockBytes() / 4));
        }
      }
    }
    List<SurvivingWeights> found =
        tasks.isEmpty()
            ? List.of()
            : problem.runner().run(stage + ": single weights left alone", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      survivors.put(tasks.get(i).group(), found.get(i));
    }
    for (GroupScores comparison : doubtful) {
      SurvivingWeights named = survivors.get(comparison.group().name());
      int units = comparison.group().units();
      new ExactValueTieBreaker(comparison, named.columnOf(units), named.corroborated(units))
          .settle();
    }
  }

  private void settleByUntouched(String stage, List<GroupScores> comparisons) throws IOException {
    List<GroupScores> doubtful = new ArrayList<>();
    List<DuplicateUnitsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : comparisons) {
      List<GroupAxis> untouched = untouched(comparison);
      if (!untouched.isEmpty() && MatchConfidence.unsure(comparison)) {
        doubtful.add(comparison);
        tasks.add(duplicatesTask(comparison.group(), untouched));
      }
    }
    List<DuplicateUnitsTask.UnitHashes> sums =
        tasks.isEmpty() ? List.of() : problem.runner().run(stage + ": weights left alone", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      EqualRows equal = EqualRows.of(sums.get(i));
      if (equal != null) {
        new ExactValueTieBreaker(doubtful.get(i), equal.named(), false).settle();
      }
    }
  }

  /** The members of a root group that were compared and hold the same numbers on both sides. */
  private List<GroupAxis> untouched(GroupScores comparison) {
    Group group = comparison.group();
    if (problem.options().evidence() != EvidenceMode.ALL || group.parent().isPresent()) {
      return List.of();
    }
    Set<String> compared = new LinkedHashSet<>();
    comparison.evidence().forEach(e -> compared.add(e.axis() + " " + e.tensor()));
    return problem.members().get(group.name()).stream()
        .map(AnchoredAxis::member)
        .filter(m -> compared.contains(m.axis() + " " + m.tensor()))
        .filter(
            m ->
                problem
                    .evidence()
                    .isUntouched(m.tensor(), problem.structure().elements(m.tensor())))
        .toList();
  }

  /**
   * Gives units of a group the places that most of its tensors name, number by number, if these are
   * exchanged among them: who exchanges the rows of one tensor moves no unit.
   *
   * @param units of which more tensors differ than do not
   * @return whether any was moved
   */
  boolean undoExchange(Group group, int[] units) throws IOException {
    GroupScores comparison = solution.get(group.name());
    List<DuplicateUnitsTask> tasks =
        problem.members().get(group.name()).stream()
            .map(axis -> duplicatesTask(group, List.of(axis.member())))
            .toList();
    List<int[]> named = new ArrayList<>();
    for (DuplicateUnitsTask.UnitHashes sums :
        problem.runner().run("Looking for exchanged rows", tasks)) {
      EqualRows equal = EqualRows.of(sums);
      if (equal != null) {
        named.add(equal.named());
      }
    }
    int[] columnOf = comparison.columnOf().clone();
    boolean[] moved = new boolean[columnOf.length];
    for (int unit : units) {
      int before = columnOf[unit];
      for (int[] one : named) {
        int there = one[unit];
        if (there >= 0 && votes(named, unit, there) > votes(named, unit, columnOf[unit])) {
          columnOf[unit] = there;
        }
      }
      moved[unit] = columnOf[unit] != before;
    }
    boolean bijection = Arrays.stream(columnOf).distinct().count() == columnOf.length;
    if (!bijection || Arrays.equals(columnOf, comparison.columnOf())) {
      return false;
    }
    comparison.settle(columnOf);
    comparison.prove(moved);
    solution.accept(comparison);
    return true;
  }

  private static long votes(List<int[]> named, int unit, int column) {
    return named.stream().filter(one -> one[unit] == column).count();
  }

  private DuplicateUnitsTask duplicatesTask(Group group, List<GroupAxis> some) {
    return new DuplicateUnitsTask(
        group.name(),
        some,
        problem.around(solution.resync(), some.stream().map(GroupAxis::tensor).toList()),
        problem.options().seed(),
        problem.options().blockBytes() / 4);
  }

  /**
   * Looks for equal units where the evidence leaves a doubt, and puts them in index order.
   *
   * @return by group
   */
  Map<String, DuplicateUnitsTask.UnitHashes> duplicates() throws IOException {
    List<GroupScores> unsure = solution.values().stream().filter(MatchConfidence::unsure).toList();
    List<DuplicateUnitsTask> tasks = new ArrayList<>();
    for (GroupScores comparison : unsure) {
      tasks.add(
          duplicatesTask(
              comparison.group(),
              problem.members().get(comparison.group().name()).stream()
                  .map(AnchoredAxis::member)
                  .toList()));
    }
    Map<String, DuplicateUnitsTask.UnitHashes> duplicates = new HashMap<>();
    List<DuplicateUnitsTask.UnitHashes> found =
        tasks.isEmpty() ? List.of() : problem.runner().run("Looking for equal units", tasks);
    for (int i = 0; i < tasks.size(); i++) {
      GroupScores comparison = unsure.get(i);
      duplicates.put(comparison.group().name(), found.get(i));
      MatchConfidence.order(comparison, found.get(i));
      solution.accept(comparison);
    }
    return duplicates;
  }
}
