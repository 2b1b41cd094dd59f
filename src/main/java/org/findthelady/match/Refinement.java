package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.findthelady.match.compare.AxisSums;
import org.findthelady.match.compare.UnitSums;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.task.JointTask;
import org.findthelady.structure.Group;

/** Matches weak groups again once all are in an order (method 3.3). */
final class Refinement {
  private static final int SWEEPS = 4;

  /** Multiplications for one group that a look at any sign may take. */
  private static final double MOST_PRODUCTS = 1e11;

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

  /**
   * Parents stay: their children's order is told from their own. Opposites would cancel out. Large
   * groups that only chance matched would be fitted to each other for minutes.
   */
  private boolean refinable(Group group, GroupScores before) {
    return MatchConfidence.unsure(before)
        && !before.hasOpposites()
        && !problem.isParent(group)
        && (group.units() <= Thresholds.MOST_BY_CHANCE || solution.standsOut());
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
   * Matches groups once more whatever the sign of a unit's numbers in each tensor (method 3.8): of
   * a neuron whose row was turned, and little else, what turned and what did not cancel out. Kept
   * where it leaves at most half as many units unsure: where nothing was turned, chance makes a few
   * more units sure, and others wrong.
   *
   * @param groups names
   * @return whether a unit was moved
   */
  boolean matchAnySign(Set<String> groups) throws IOException {
    boolean moved = false;
    for (Group group : problem.structure().groups()) {
      GroupScores before = solution.get(group.name());
      if (before == null
          || !groups.contains(group.name())
          || problem.isParent(group)
          || unsure(before) == 0) {
        continue;
      }
      List<Evidence> matrices =
          problem.byAll(group).evidence().stream()
              .filter(evidence -> !evidence.centred())
              .map(Evidence::ofAnySign)
              .toList();
      long width = matrices.stream().mapToLong(Evidence::width).sum();
      double products = (double) width * group.units() * ScorePlanner.candidates(group);
      if (matrices.isEmpty() || products > MOST_PRODUCTS) {
        continue;
      }
      ScorePlanner.Request request = new ScorePlanner.Request(group, matrices, width);
      GroupScores after =
          planner.compare("Matching any sign", List.of(request), solution.resync()).get(0);
      if (after.sketched() == null
          && unsure(after) <= Thresholds.ANY_SIGN_UNSURE * unsure(before)) {
        moved |= !Arrays.equals(after.columnOf(), before.columnOf());
        solution.accept(after);
      }
    }
    return moved;
  }

  /**
   * Matches groups of which no matrix fits once more by a single one whose units have the norms of
   * the reference's: a tensor that was replaced may outweigh one that is as it was. Kept where that
   * one fits whole.
   *
   * @param sums of all tensors in the order as it is now
   * @param equal matrices that fit
   * @return whether a unit was moved
   */
  boolean matchByOne(UnitSums sums, Set<String> equal) throws IOException {
    boolean moved = false;
    for (Group group : problem.structure().groups()) {
      List<Evidence> matrices =
          problem.byAll(group).evidence().stream().filter(e -> !e.centred()).toList();
      boolean open =
          solution.get(group.name()) != null
              && !problem.isParent(group)
              && matrices.size() > 1
              && matrices.stream().noneMatch(e -> equal.contains(e.tensor()));
      for (int i = 0; open && i < matrices.size(); i++) {
        Evidence one = matrices.get(i);
        AxisSums own = sums.of(one.tensor(), one.axis(), group.name());
        if (own == null || !own.holdsTheSame()) {
          continue;
        }
        ScorePlanner.Request request = new ScorePlanner.Request(group, List.of(one), one.width());
        GroupScores after =
            planner.compare("Matching by one", List.of(request), solution.resync()).get(0);
        if (after.total(after.columnOf()) > (1 - Thresholds.SUMMED) * group.units()) {
          solution.accept(after);
          moved = true;
          open = false;
        }
      }
    }
    return moved;
  }

  private static long unsure(GroupScores scores) {
    return IntStream.range(0, scores.group().units())
        .filter(unit -> !MatchConfidence.matched(scores, unit))
        .count();
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
