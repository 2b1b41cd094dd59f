package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
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
    List<Candidate> members = Candidate.of(structure, reference, suspect).get(group.name());
    TaskRunner runner = new LocalRunner(structure, reference, suspect);
    List<String> tensors = members.stream().map(c -> c.member().tensor()).distinct().toList();
    Weighing weighing =
        new Weighing(
            new Passes(structure, reference, options, runner).scales(tensors), options.evidence());
    List<Evidence> evidence =
        weighing.evidence(weighing.admitted(options.evidence(), members, true));
    int[] nearest = new int[group.leaves()];
    Arrays.fill(nearest, -1);
    if (!evidence.isEmpty()) {
      long width = evidence.stream().mapToLong(Evidence::width).sum();
      Comparer.Request request = new Comparer.Request(group, evidence, width);
      Comparison comparison =
          new Comparer(structure, runner, options)
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
        structure, reference, suspect, options, runner, Fingerprint.unknown(), Sameness.UNKNOWN);
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
      Sameness same)
      throws IOException {
    Map<String, List<Candidate>> members = Candidate.of(structure, reference, suspect);
    List<String> tensors = Candidate.tensors(members);
    Passes passes = new Passes(structure, reference, options, runner);
    Weighing weighing = new Weighing(passes.scales(tensors), options.evidence());
    Solver solver = new Solver(structure, members, weighing, options, runner);
    solver.solve();
    Assignment anchored = solver.resync();
    List<TensorPairs> pairs = null;
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
    Assignment before = solver.resync();
    if (options.refine() && options.evidence() == EvidenceMode.ALL) {
      solver.refine();
      solver.solveJointly();
      solver.doubtWhatRestsOnDoubts();
    }
    Map<String, TwinTask.Twins> twins = solver.twins();
    pairs =
        pairs == null
            ? passes.pairs(tensors, solver.resync())
            : passes.pairsAgain(pairs, before, solver.resync());
    Origin origin =
        new OriginSearch(structure, options, runner, solver.first().values(), anchored)
            .find(pairs.stream().anyMatch(pair -> !pair.comparison().bytesEqual()));
    Report report = new Report(structure, solver.resync(), members, pairs, fingerprint);
    List<GroupMatch> groups = new ArrayList<>();
    for (Group group : structure.groups()) {
      groups.add(report.of(group, solver.comparisons().get(group.name()), twins.get(group.name())));
    }
    structure.groups().forEach(g -> report.broken(g).ifPresent(solver.notes()::add));
    return new MatchResult(
        solver.resync(),
        groups,
        pairs.stream().map(TensorPairs::comparison).toList(),
        origin,
        solver.notes());
  }

  private static Verification verification(Solver solver, Passes passes, List<TensorPairs> pairs)
      throws IOException {
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
