package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Finds the permutation of every group that puts a suspect back in the reference's order. */
public final class Matcher {
  private Matcher() {}

  /** Matches in the calling thread: for small models. */
  public static MatchResult match(
      Structure structure, Weights reference, Weights suspect, MatchOptions options)
      throws IOException {
    return match(
        structure, reference, suspect, options, new LocalRunner(structure, reference, suspect));
  }

  /**
   * The paper's match of one layer: for every suspect neuron the reference neuron whose incoming
   * weights have the greatest cosine, one-to-one or not.
   *
   * @param structure of one group, everything else being in reference order
   * @return -1 where nothing could be compared
   */
  public static int[] nearest(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    MatchOptions options = MatchOptions.paper();
    Group group = structure.groups().iterator().next();
    List<AnchoredAxis> members = AnchoredAxis.of(structure, reference, suspect).get(group.name());
    TaskRunner runner = new LocalRunner(structure, reference, suspect);
    List<String> tensors = members.stream().map(c -> c.member().tensor()).distinct().toList();
    EvidenceWeights weighing =
        new EvidenceWeights(
            new TensorScans(structure, reference, options, runner).scales(tensors),
            options.evidence());
    List<Evidence> evidence =
        weighing.evidence(weighing.admitted(options.evidence(), members, true));
    int[] nearest = new int[group.leaves()];
    Arrays.fill(nearest, -1);
    if (!evidence.isEmpty()) {
      long width = evidence.stream().mapToLong(Evidence::width).sum();
      ScorePlanner.Request request = new ScorePlanner.Request(group, evidence, width);
      GroupScores comparison =
          new ScorePlanner(structure, runner, options)
              .unsettled("Comparing " + group.name(), List.of(request))
              .get(0);
      Arrays.setAll(nearest, comparison::bestRow);
    }
    return nearest;
  }

  /**
   * Matches with the heavy work sent through {@code runner}.
   *
   * @param reference for shapes only
   * @param suspect for shapes only; the same shapes as the reference
   */
  public static MatchResult match(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner)
      throws IOException {
    return match(
        structure,
        reference,
        suspect,
        options,
        runner,
        Fingerprint.unknown(),
        EarlyWriteCheck.UNKNOWN);
  }

  /**
   * The same, with certificates.
   *
   * @param fingerprint of the reference
   * @param same is asked for large groups before tensors are compared
   */
  public static MatchResult match(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner,
      Fingerprint fingerprint,
      EarlyWriteCheck same)
      throws IOException {
    Map<String, List<AnchoredAxis>> members = AnchoredAxis.of(structure, reference, suspect);
    List<String> tensors = AnchoredAxis.tensors(members);
    TensorScans passes = new TensorScans(structure, reference, options, runner);
    EvidenceWeights weighing = new EvidenceWeights(passes.scales(tensors), options.evidence());
    Solver solver = new Solver(structure, members, weighing, options, runner);
    solver.solve();
    List<TensorPairResult> pairs = null;
    if (!solver.sketched().isEmpty()) {
      pairs =
          same.holds(solver.resync())
              ? passes.equal(tensors)
              : passes.pairs(tensors, solver.resync());
      if (!solver.verify(verification(solver, passes, pairs))) {
        MatchOptions exact = options.withSketch(false);
        return match(structure, reference, suspect, exact, runner, fingerprint, same);
      }
    }
    GroupPermutations before = solver.resync();
    if (options.refine() && options.evidence() == EvidenceMode.ALL) {
      solver.refine();
      solver.solveJointly();
      solver.doubtWhatRestsOnDoubts();
    }
    Map<String, DuplicateUnitsTask.Twins> twins = solver.twins();
    pairs =
        pairs == null
            ? passes.pairs(tensors, solver.resync())
            : passes.pairsAgain(pairs, before, solver.resync());
    GroupMatchBuilder report =
        new GroupMatchBuilder(structure, solver.resync(), members, pairs, fingerprint);
    List<GroupMatch> groups = new ArrayList<>();
    for (Group group : structure.groups()) {
      groups.add(
          report.of(
              group,
              solver.comparisons().get(group.name()),
              solver.first().get(group.name()),
              twins.get(group.name())));
    }
    structure.groups().forEach(g -> report.broken(g).ifPresent(solver.notes()::add));
    return new MatchResult(
        solver.resync(),
        groups,
        pairs.stream().map(TensorPairResult::comparison).toList(),
        Origin.of(groups.stream().map(GroupMatch::standOut).toList()),
        solver.notes());
  }

  private static Verification verification(
      Solver solver, TensorScans passes, List<TensorPairResult> pairs) throws IOException {
    Verification verification = new Verification(pairs);
    List<String> missing =
        solver.sketched().stream()
            .flatMap(comparison -> verification.missing(comparison).stream())
            .distinct()
            .toList();
    return missing.isEmpty()
        ? verification
        : new Verification(
            Stream.concat(pairs.stream(), passes.sums(missing, solver.resync()).stream()).toList());
  }
}
