package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;

/**
 * The order of a suspect as its groups were solved one after the other, before every tensor was
 * compared in that order. {@link #compare} compares them, corrects the order where that shows a
 * better one and gives the result; {@link #acceptAsEqual} is for a caller who has seen that every
 * tensor is the same bytes in this order, and reads no tensor again for it.
 */
public final class ProposedOrder {
  private final MatchProblem problem;
  private final List<String> tensors;
  private final TensorScans scans;
  private final ScorePlanner planner;
  private final TieBreaks ties;
  private final Solution solution = new Solution();

  ProposedOrder(MatchProblem problem) {
    this.problem = problem;
    this.tensors = AnchoredAxis.tensors(problem.members());
    this.scans =
        new TensorScans(
            problem.structure(), problem.reference(), problem.options(), problem.runner());
    this.planner = new ScorePlanner(problem.structure(), problem.runner(), problem.options());
    this.ties = new TieBreaks(problem, planner, solution);
  }

  /** The suspect gathered by this is in the proposed order. */
  public GroupPermutations resync() {
    return solution.resync();
  }

  /**
   * Whether a large group was solved on sketches. Such an order is believed only after every tensor
   * was compared in it; any other order may still be refined before tensors are compared.
   */
  public boolean restsOnSketches() {
    return !solution.sketched().isEmpty();
  }

  /** Compares every tensor, in the order that is best in the end. */
  public MatchResult compare() throws IOException {
    return Matcher.finish(this, restsOnSketches() ? scans.pairs(tensors, solution.resync()) : null);
  }

  /**
   * Finishes without comparing tensors.
   *
   * @throws IllegalStateException if the order does not rest on sketches: it is refined first
   */
  public MatchResult acceptAsEqual() throws IOException {
    if (!restsOnSketches()) {
      throw new IllegalStateException("an order without sketches is refined before it is compared");
    }
    return Matcher.finish(this, scans.equal(tensors));
  }

  MatchProblem problem() {
    return problem;
  }

  void solveOutward() throws IOException {
    new LevelSolver(problem, ties, solution).solve();
  }

  /**
   * Proves what rests on sketches.
   *
   * @param pairs tensors compared in this order
   * @return whether every group stays as it is
   */
  boolean prove(List<TensorPairResult> pairs) throws IOException {
    Verification verification = new Verification(pairs);
    List<String> missing =
        solution.sketched().stream()
            .flatMap(comparison -> verification.missing(comparison).stream())
            .distinct()
            .toList();
    Verification whole =
        missing.isEmpty()
            ? verification
            : new Verification(
                Stream.concat(pairs.stream(), scans.sums(missing, solution.resync()).stream())
                    .toList());
    return whole.holds(solution, planner, ties);
  }

  void refine() throws IOException {
    Refinement refinement = new Refinement(problem, planner, ties, solution);
    refinement.refine();
    refinement.solveJointly();
  }

  void spreadDoubts() throws IOException {
    new DoubtSpread(problem, planner, solution).spread();
  }

  void keepPlaces() {
    new DoubtSpread(problem, planner, solution).keepPlaces();
  }

  Map<String, DuplicateUnitsTask.UnitHashes> orderDuplicates() throws IOException {
    return ties.duplicates();
  }

  /**
   * Compares every tensor in the order as it is now.
   *
   * @param known tensors compared in the order {@code before}; null if none were
   */
  List<TensorPairResult> compareTensors(List<TensorPairResult> known, GroupPermutations before)
      throws IOException {
    return known == null
        ? scans.pairs(tensors, solution.resync())
        : scans.pairsAgain(known, before, solution.resync());
  }

  /** What was found of each group, certificates included. */
  List<GroupMatch> describe(
      List<TensorPairResult> pairs, Map<String, DuplicateUnitsTask.UnitHashes> duplicates) {
    GroupMatchBuilder builder = new GroupMatchBuilder(problem, solution.resync(), pairs);
    List<GroupMatch> groups = new ArrayList<>();
    for (Group group : problem.structure().groups()) {
      groups.add(builder.of(group, solution.get(group.name()), duplicates.get(group.name())));
    }
    problem
        .structure()
        .groups()
        .forEach(group -> builder.broken(group).ifPresent(solution.notes()::add));
    return groups;
  }

  /**
   * Looks for a common origin, if anything differs.
   *
   * @param anchored the order before it was refined
   */
  Origin findOrigin(List<TensorPairResult> pairs, GroupPermutations anchored) throws IOException {
    boolean equal = pairs.stream().allMatch(pair -> pair.comparison().bytesEqual());
    return equal && !pairs.isEmpty()
        ? Origin.equal(problem.structure().groups().stream().mapToLong(Group::units).sum())
        : new OriginSearch(
                problem.structure(),
                problem.options(),
                problem.runner(),
                solution.first(),
                anchored)
            .find();
  }

  List<String> notes() {
    return solution.notes();
  }
}
