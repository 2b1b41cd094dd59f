package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.match.task.ParentTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;

/** Solves groups outward from axes that cannot move, level by level (method 3.3). */
final class LevelSolver {
  /** Numbers per unit and bit of choice from which a group's evidence is taken as enough. */
  private static final double STRONG = 24;

  /** Units that are matched by their children at most: all their scores are held at once. */
  private static final int MOST_PARENTS = 4096;

  private final MatchProblem problem;
  private final ScorePlanner planner;
  private final TieBreaks ties;
  private final Solution solution;
  private final Map<String, GroupScores> compared = new HashMap<>();

  LevelSolver(MatchProblem problem, ScorePlanner planner, TieBreaks ties, Solution solution) {
    this.problem = problem;
    this.planner = planner;
    this.ties = ties;
    this.solution = solution;
  }

  /** Solves every group that has evidence. */
  void solve() throws IOException {
    int level = 1;
    while (solution.solved().size() < problem.structure().groups().size()) {
      List<ScorePlanner.Request> ready = ready(true);
      List<ScorePlanner.Request> chosen = chosen(ready);
      if (chosen.isEmpty()) {
        ready = ready(false);
        chosen = strongest(ready);
      }
      if (chosen.isEmpty()) {
        problem.structure().groups().forEach(solution::giveUp);
        return;
      }
      String stage = "Level %d: %d groups".formatted(level++, chosen.size());
      byChildren(
          stage,
          chosen.stream()
              .filter(request -> request.evidence().isEmpty())
              .map(ScorePlanner.Request::group)
              .toList());
      List<GroupScores> found = clear(stage, direct(chosen), direct(ready));
      ties.settle(stage, found);
      found.forEach(solution::accept);
    }
  }

  private static List<ScorePlanner.Request> direct(List<ScorePlanner.Request> requests) {
    return requests.stream().filter(request -> !request.evidence().isEmpty()).toList();
  }

  /**
   * Compares chosen groups. Those of which no match stands out wait, if others stand out: what they
   * are compared by may be new, as a first layer that was drawn anew, and what is solved from the
   * other side of the network then tells their order.
   *
   * @param ready all groups that can be compared, the chosen ones too
   */
  private List<GroupScores> clear(
      String stage, List<ScorePlanner.Request> chosen, List<ScorePlanner.Request> ready)
      throws IOException {
    List<GroupScores> scores = compared(stage, chosen);
    if (problem.options().evidence() != EvidenceMode.ALL
        || scores.stream().allMatch(LevelSolver::standsOut)) {
      return scores;
    }
    List<GroupScores> clear =
        compared(stage, ready).stream().filter(LevelSolver::standsOut).toList();
    return clear.isEmpty() ? scores : clear;
  }

  private static boolean standsOut(GroupScores scores) {
    return StandOuts.of(scores).logP() < Thresholds.STANDS_OUT_LOG_P;
  }

  /** Compares what was not compared by the same evidence before. */
  private List<GroupScores> compared(String stage, List<ScorePlanner.Request> requests)
      throws IOException {
    List<ScorePlanner.Request> left =
        requests.stream()
            .filter(
                request -> {
                  GroupScores before = compared.get(request.group().name());
                  return before == null || !before.evidence().equals(request.evidence());
                })
            .toList();
    planner
        .compare(stage, left, solution.resync())
        .forEach(scores -> compared.put(scores.group().name(), scores));
    return requests.stream().map(request -> compared.get(request.group().name())).toList();
  }

  /** Groups that can be compared now; an empty evidence list means through their children. */
  private List<ScorePlanner.Request> ready(boolean byMatrices) {
    List<ScorePlanner.Request> ready = new ArrayList<>();
    for (Group group : problem.structure().groups()) {
      if (solution.solved().contains(group.name())
          || group.parent().filter(parent -> !solution.solved().contains(parent)).isPresent()) {
        continue;
      }
      List<AnchoredAxis> anchored =
          problem
              .evidence()
              .admitted(
                  problem.options().evidence(), problem.members().get(group.name()), byMatrices)
              .stream()
              .filter(c -> solution.solved().containsAll(c.around()))
              .toList();
      List<Evidence> evidence = problem.evidence().evidence(anchored);
      boolean matrix = anchored.stream().anyMatch(AnchoredAxis::isMatrix);
      if (!evidence.isEmpty() && (matrix || !byMatrices)) {
        ready.add(new ScorePlanner.Request(group, evidence, MatchProblem.width(anchored)));
      } else if (byMatrices && !matrix && !children(group).isEmpty()) {
        long width = children(group).values().stream().mapToLong(MatchProblem::width).sum();
        ready.add(new ScorePlanner.Request(group, List.of(), width));
      }
    }
    return ready;
  }

  /** Members of nested groups that speak for a root group whose own rows are not anchored. */
  private Map<Group, List<AnchoredAxis>> children(Group parent) {
    Map<Group, List<AnchoredAxis>> children = new LinkedHashMap<>();
    if (parent.parent().isPresent() || parent.units() > MOST_PARENTS) {
      return children;
    }
    for (Group child : problem.structure().groups()) {
      if (!child.parent().filter(parent.name()::equals).isPresent()) {
        continue;
      }
      List<AnchoredAxis> anchored = new ArrayList<>();
      for (AnchoredAxis candidate : problem.members().get(child.name())) {
        Set<String> around = new LinkedHashSet<>(candidate.around());
        around.remove(parent.name());
        if (candidate.isMatrix() && solution.solved().containsAll(around)) {
          anchored.add(candidate);
        }
      }
      if (!problem.evidence().evidence(anchored).isEmpty()) {
        children.put(child, anchored);
      }
    }
    return children;
  }

  /** The groups with enough evidence; where there is none, the one with the most. */
  private List<ScorePlanner.Request> chosen(List<ScorePlanner.Request> ready) {
    List<ScorePlanner.Request> strong =
        ready.stream()
            .filter(
                r ->
                    strength(r) >= STRONG
                        || 2 * r.width()
                            >= MatchProblem.width(problem.members().get(r.group().name())))
            .toList();
    return strong.isEmpty() ? strongest(ready) : strong;
  }

  private static List<ScorePlanner.Request> strongest(List<ScorePlanner.Request> ready) {
    return ready.stream()
        .max(Comparator.comparingDouble(LevelSolver::strength))
        .map(List::of)
        .orElse(List.of());
  }

  private static double strength(ScorePlanner.Request request) {
    return request.width() * Math.log(2) / Math.log(1 + request.group().size());
  }

  /** Matches the units of parents by their children's best cosines, all parents at once. */
  private void byChildren(String stage, List<Group> parents) throws IOException {
    List<Map<Group, List<AnchoredAxis>>> children = parents.stream().map(this::children).toList();
    List<ParentTask> tasks =
        children.stream().flatMap(of -> of.entrySet().stream()).flatMap(this::tasks).toList();
    Iterator<float[]> parts =
        (tasks.isEmpty() ? List.<float[]>of() : problem.runner().run(stage, tasks)).iterator();
    for (int i = 0; i < parents.size(); i++) {
      Group parent = parents.get(i);
      double[] sums = new double[parent.units() * parent.units()];
      for (int child = 0; child < children.get(i).size(); child++) {
        for (int at = 0; at < sums.length; ) {
          for (float score : parts.next()) {
            sums[at++] += score / children.get(i).size();
          }
        }
      }
      long width = children.get(i).values().stream().mapToLong(MatchProblem::width).sum();
      solution.accept(GroupScores.ofScores(parent, sums, width));
    }
  }

  /** What compares the units of a parent by one of its nested groups. */
  private Stream<ParentTask> tasks(Map.Entry<Group, List<AnchoredAxis>> child) {
    Group group = child.getKey();
    int units = group.instances();
    long fitting = problem.options().blockBytes() / 8 / group.units() / group.size();
    int unitsPerTask = Math.toIntExact(Math.max(1, Math.min(units, fitting)));
    GroupPermutations around =
        problem.around(
            solution.resync(), child.getValue().stream().map(c -> c.member().tensor()).toList());
    return IntStream.iterate(0, unit -> unit < units, unit -> unit + unitsPerTask)
        .mapToObj(
            unit ->
                new ParentTask(
                    group.name(),
                    problem.evidence().evidence(child.getValue()),
                    around,
                    unit * group.size(),
                    Math.min(units, unit + unitsPerTask) * group.size(),
                    MatchProblem.width(child.getValue()),
                    problem.options().blockBytes() / 2));
  }
}
