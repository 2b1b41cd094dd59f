package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.task.JointTask;
import org.findthelady.structure.Group;

/** Matches weak groups again once all are in an order (method 3.3). */
final class Refinement {
  private static final int SWEEPS = 4;

  private final MatchProblem problem;
  private final ScorePlanner planner;
  private final TieBreaks ties;
  private final Solution solution;

  Refinement(MatchProblem problem, ScorePlanner planner, TieBreaks ties, Solution solution) {
    this.problem = problem;
    this.planner = planner;
    this.ties = ties;
    this.solution = solution;
  }

  /**
   * Matches groups that hold a doubt again with all their members, the others held fixed, until
   * nothing gets better. A change is kept only if the group's total similarity rises.
   */
  void refine() throws IOException {
    for (int sweep = 1; sweep <= SWEEPS; sweep++) {
      boolean changed = false;
      for (Group group : problem.structure().groups()) {
        GroupScores before = solution.get(group.name());
        if (before != null && refinable(group, before)) {
          changed |= refine(sweep, group, before);
        }
      }
      if (!changed) {
        return;
      }
    }
  }

  /** Parents stay: their children's order is told from their own. Opposites would cancel out. */
  private boolean refinable(Group group, GroupScores before) {
    return MatchConfidence.unsure(before) && !before.hasOpposites() && !problem.isParent(group);
  }

  private boolean refine(int sweep, Group group, GroupScores before) throws IOException {
    ScorePlanner.Request all = problem.byAll(group);
    if (sweep == 1 && all.evidence().size() == before.evidence().size()) {
      return false;
    }
    GroupScores after = ties.compare("Refining, sweep " + sweep, List.of(all)).get(0);
    double gain = after.total(after.columnOf()) - after.total(before.columnOf());
    boolean moved = !Arrays.equals(after.columnOf(), before.columnOf());
    if (moved && gain <= 1e-6 * group.units()) {
      after.settle(before.columnOf());
      moved = false;
    }
    solution.accept(after);
    return moved;
  }

  /**
   * Looks for all groups' places at once where many units are in doubt: what a group is compared
   * with may then be misplaced itself. What is found is kept if it makes both sides more alike.
   */
  void solveJointly() throws IOException {
    JointTask task = new JointPlan(problem, solution).task();
    if (task != null) {
      JointTask.Found found =
          problem.runner().run("Matching all groups at once", List.of(task)).get(0);
      if (found.gain() > Thresholds.JOINT_GAIN) {
        adopt(found);
      }
    }
  }

  private void adopt(JointTask.Found found) throws IOException {
    List<ScorePlanner.Request> requests = new ArrayList<>();
    for (String name : found.columnOf().keySet()) {
      Group group = problem.structure().group(name);
      solution.move(group, found.columnOf().get(name));
      requests.add(problem.byAll(group));
    }
    String stage = "Comparing what was matched at once";
    List<GroupScores> after = planner.compare(stage, requests, solution.resync());
    for (GroupScores comparison : after) {
      comparison.settle(found.columnOf().get(comparison.group().name()));
    }
    ties.settle(stage, after);
    after.forEach(solution::accept);
  }
}
