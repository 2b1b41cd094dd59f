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
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.match.task.TaskRunner;
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
  private final Structure structure;
  private final Weights reference;
  private final Weights suspect;
  private final MatchOptions options;
  private final TaskRunner runner;
  private final Fingerprint fingerprint;
  private final Map<String, List<AnchoredAxis>> members;
  private final List<String> tensors;
  private final TensorScans scans;
  private final Solver solver;
  private final GroupPermutations anchored;

  /** Solves the groups. */
  ProposedOrder(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner,
      Fingerprint fingerprint)
      throws IOException {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
    this.options = options;
    this.runner = runner;
    this.fingerprint = fingerprint;
    this.members = AnchoredAxis.of(structure, reference, suspect);
    this.tensors = AnchoredAxis.tensors(members);
    this.scans = new TensorScans(structure, reference, options, runner);
    EvidenceWeights evidenceWeights =
        new EvidenceWeights(scans.scales(tensors), options.evidence());
    this.solver = new Solver(structure, members, evidenceWeights, options, runner);
    solver.solve();
    this.anchored = solver.resync();
  }

  /** The suspect gathered by this is in the proposed order. */
  public GroupPermutations resync() {
    return solver.resync();
  }

  /**
   * Whether a large group was solved on sketches. Such an order is believed only after every tensor
   * was compared in it; any other order may still be refined before tensors are compared.
   */
  public boolean restsOnSketches() {
    return !solver.sketched().isEmpty();
  }

  /** Compares every tensor, in the order that is best in the end. */
  public MatchResult compare() throws IOException {
    return finish(restsOnSketches() ? scans.pairs(tensors, solver.resync()) : null);
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
    return finish(scans.equal(tensors));
  }

  /**
   * @param sketched tensors compared in the order that rests on sketches; null if it does not
   */
  private MatchResult finish(List<TensorPairResult> sketched) throws IOException {
    if (sketched != null && !solver.verify(verification(sketched))) {
      MatchOptions exact = options.withSketch(false);
      return new ProposedOrder(structure, reference, suspect, exact, runner, fingerprint).compare();
    }
    GroupPermutations before = solver.resync();
    if (options.refine() && options.evidence() == EvidenceMode.ALL) {
      solver.refine();
      solver.solveJointly();
      solver.doubtWhatRestsOnDoubts();
    }
    Map<String, DuplicateUnitsTask.UnitHashes> duplicates = solver.duplicates();
    List<TensorPairResult> pairs =
        sketched == null
            ? scans.pairs(tensors, solver.resync())
            : scans.pairsAgain(sketched, before, solver.resync());
    return result(pairs, duplicates);
  }

  private MatchResult result(
      List<TensorPairResult> pairs, Map<String, DuplicateUnitsTask.UnitHashes> duplicates)
      throws IOException {
    GroupMatchBuilder report =
        new GroupMatchBuilder(structure, solver.resync(), members, pairs, fingerprint);
    List<GroupMatch> groups = new ArrayList<>();
    for (Group group : structure.groups()) {
      groups.add(
          report.of(group, solver.comparisons().get(group.name()), duplicates.get(group.name())));
    }
    structure.groups().forEach(g -> report.broken(g).ifPresent(solver.notes()::add));
    return new MatchResult(
        solver.resync(),
        groups,
        pairs.stream().map(TensorPairResult::comparison).toList(),
        origin(pairs),
        solver.notes());
  }

  /** Looks for a common origin, if anything differs. */
  private Origin origin(List<TensorPairResult> pairs) throws IOException {
    boolean equal = pairs.stream().allMatch(pair -> pair.comparison().bytesEqual());
    return equal && !pairs.isEmpty()
        ? Origin.equal(structure.groups().stream().mapToLong(Group::units).sum())
        : new OriginSearch(structure, options, runner, solver.first().values(), anchored).find();
  }

  private Verification verification(List<TensorPairResult> pairs) throws IOException {
    Verification verification = new Verification(pairs);
    List<String> missing =
        solver.sketched().stream()
            .flatMap(comparison -> verification.missing(comparison).stream())
            .distinct()
            .toList();
    return missing.isEmpty()
        ? verification
        : new Verification(
            Stream.concat(pairs.stream(), scans.sums(missing, solver.resync()).stream()).toList());
  }
}
