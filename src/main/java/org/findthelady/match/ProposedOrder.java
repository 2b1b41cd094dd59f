package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.match.compare.AxisSums;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.compare.UnitSums;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

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
    new LevelSolver(problem, planner, ties, solution).solve();
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

  /**
   * Leaves units where they lie, if that changes fewer tensors than the order that was found: who
   * exchanges the rows of one tensor alone, turns or replaces them, moves no unit.
   *
   * @param pairs tensors compared in the order as it is now
   * @return the tensors compared in the order as it is then
   */
  List<TensorPairResult> keepPlaces(List<TensorPairResult> pairs, Origin origin)
      throws IOException {
    LyingOrder lying = new LyingOrder(problem.structure(), solution, origin);
    if (!lying.isPossible(pairs)) {
      return pairs;
    }
    List<TensorPairResult> others =
        scans.pairsAgain(pairs, solution.resync(), GroupPermutations.identity());
    return lying.keep(pairs, others) ? others : pairs;
  }

  /**
   * Matches groups of which no matrix fits once more by one that may.
   *
   * @param pairs tensors compared in the order as it is now
   * @return the tensors compared in the order as it is then
   */
  List<TensorPairResult> matchByOne(List<TensorPairResult> pairs) throws IOException {
    Set<String> equal =
        pairs.stream()
            .map(TensorPairResult::comparison)
            .filter(TensorComparison::sameValues)
            .map(TensorComparison::tensor)
            .collect(Collectors.toSet());
    GroupPermutations before = solution.resync();
    boolean possible =
        equal.size() < pairs.size()
            && problem.options().refine()
            && problem.options().evidence() == EvidenceMode.ALL;
    Refinement refinement = new Refinement(problem, planner, ties, solution);
    return possible && refinement.matchByOne(new UnitSums(pairs), equal)
        ? scans.pairsAgain(pairs, before, solution.resync())
        : pairs;
  }

  /**
   * Matches groups of which a weight tensor differs much once more, whatever signs are turned.
   *
   * @param pairs tensors compared in the order as it is now
   * @return the tensors compared in the order as it is then
   */
  List<TensorPairResult> matchAnySign(List<TensorPairResult> pairs, Origin origin)
      throws IOException {
    Set<String> groups = new LinkedHashSet<>();
    pairs.stream()
        .map(TensorPairResult::comparison)
        .filter(t -> t.weight() && !t.sameValues() && !(t.cosine() > Thresholds.SURELY_TURNED))
        .flatMap(t -> problem.structure().axes(t.tensor()).stream())
        .forEach(axis -> groups.addAll(axis.groups()));
    GroupPermutations before = solution.resync();
    boolean possible =
        origin.common()
            && !groups.isEmpty()
            && problem.options().refine()
            && problem.options().evidence() == EvidenceMode.ALL;
    Refinement refinement = new Refinement(problem, planner, ties, solution);
    return possible && refinement.matchAnySign(groups)
        ? scans.pairsAgain(pairs, before, solution.resync())
        : pairs;
  }

  /**
   * Puts units back that one tensor alone speaks for, against more others.
   *
   * @param pairs tensors compared in the order as it is now
   * @return the tensors compared in the order as it is then
   */
  List<TensorPairResult> undoExchanges(List<TensorPairResult> pairs) throws IOException {
    GroupPermutations before = solution.resync();
    UnitSums sums = new UnitSums(pairs);
    boolean moved = false;
    for (Group group : problem.structure().groups()) {
      int[] units = exchanged(group, sums);
      if (solution.get(group.name()) != null
          && problem.options().evidence() == EvidenceMode.ALL
          && units.length > 1
          && units.length <= Math.min(Thresholds.NAMED_UNITS, group.units() / 2)) {
        moved |= ties.undoExchange(group, units);
      }
    }
    return moved ? scans.pairsAgain(pairs, before, solution.resync()) : pairs;
  }

  /** Units of which some tensor is equal and more differ. */
  private int[] exchanged(Group group, UnitSums sums) {
    List<AxisSums> axes =
        problem.axes(group).stream()
            .map(AnchoredAxis::member)
            .map(m -> sums.of(m.tensor(), m.axis(), group.name()))
            .toList();
    return IntStream.range(0, group.units())
        .filter(
            unit -> {
              long equal = axes.stream().filter(axis -> axis.gap(unit) == 0).count();
              return equal > 0 && axes.size() > 2 * equal;
            })
        .toArray();
  }

  List<String> notes() {
    return solution.notes();
  }

  /**
   * The order in which the suspect's units lie, held against the one that was found. Where units of
   * the same number are more alike than chance allows, the suspect was hardly shuffled, and of two
   * orders the one that leaves fewer tensors changed is what happened.
   */
  private static final class LyingOrder {
    private static final double LEAST_REST = 1e-6;

    private final Structure structure;
    private final Solution solution;
    private final Origin origin;

    LyingOrder(Structure structure, Solution solution, Origin origin) {
      this.structure = structure;
      this.solution = solution;
      this.origin = origin;
    }

    /** Whether the suspect may lie in order though units were moved. */
    boolean isPossible(List<TensorPairResult> found) {
      boolean differs = found.stream().anyMatch(pair -> !pair.comparison().bytesEqual());
      boolean moved =
          structure.groups().stream().anyMatch(g -> !solution.resync().isIdentity(g.name()));
      boolean alike = origin.groups().stream().anyMatch(g -> isInPlace(g.group()));
      return differs && moved && alike;
    }

    private boolean isInPlace(String group) {
      return origin.groups().stream()
          .anyMatch(g -> g.group().equals(group) && g.logInPlace() < Thresholds.IN_PLACE_LOG_P);
    }

    /**
     * Leaves all units where they lie if that is better.
     *
     * @param found tensors compared in the order that was found
     * @param lying the same as they lie
     */
    boolean keep(List<TensorPairResult> found, List<TensorPairResult> lying) {
      int more = Long.compare(equal(lying, true), equal(found, true));
      more = more != 0 ? more : Long.compare(equal(lying, false), equal(found, false));
      if (more < 0 || (more == 0 && likeness(lying) <= likeness(found))) {
        return false;
      }
      Set<String> told = new HashSet<>();
      for (TensorPairResult pair : lying) {
        if (pair.comparison().weight() && pair.comparison().sameValues()) {
          structure.axes(pair.comparison().tensor()).forEach(axis -> told.addAll(axis.groups()));
        }
      }
      for (Group group : structure.groups()) {
        keep(group, told.contains(group.name()) || isInPlace(group.name()));
      }
      return true;
    }

    private void keep(Group group, boolean known) {
      GroupScores scores = solution.get(group.name());
      if (scores == null) {
        return;
      }
      scores.keepPlaces();
      if (known) {
        boolean[] all = new boolean[group.units()];
        Arrays.fill(all, true);
        scores.prove(all);
      }
      solution.accept(scores);
    }

    private static long equal(List<TensorPairResult> pairs, boolean weights) {
      return pairs.stream()
          .map(TensorPairResult::comparison)
          .filter(tensor -> tensor.sameValues() && (tensor.weight() || !weights))
          .count();
    }

    /** Log likelihood of what differs under normal noise, factors and signs aside. */
    private static double likeness(List<TensorPairResult> pairs) {
      return pairs.stream()
          .map(TensorPairResult::comparison)
          .filter(TensorComparison::weight)
          .mapToDouble(
              tensor -> {
                double cosine = Double.isNaN(tensor.cosine()) ? 0 : tensor.cosine();
                double rest = Math.max(LEAST_REST, 1 - cosine * cosine);
                return -0.5 * tensor.elements() * Math.log(rest);
              })
          .sum();
    }
  }
}
