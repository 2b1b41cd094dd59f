package org.findthelady.match;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** Finds the permutation of every group that puts a suspect back in the reference's order. */
public final class Matcher {
  private static final long PAIR_ELEMENTS = 1 << 25;

  private Matcher() {}

  /** Matches in the calling thread: for small models. */
  public static MatchResult match(
      Structure structure, Weights reference, Weights suspect, MatchOptions options)
      throws IOException {
    return match(
        structure, reference, suspect, options, new LocalRunner(structure, reference, suspect));
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
    return match(structure, reference, suspect, options, runner, Fingerprint.unknown());
  }

  /**
   * The same, with certificates.
   *
   * @param fingerprint of the reference
   */
  public static MatchResult match(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner,
      Fingerprint fingerprint)
      throws IOException {
    Map<String, List<Candidate>> members = Candidate.of(structure, reference, suspect);
    List<String> tensors =
        members.values().stream()
            .flatMap(List::stream)
            .map(c -> c.member().tensor())
            .distinct()
            .toList();
    List<TensorScale> scales =
        runner.run("Measuring tensors", List.of(new ScaleTask(tensors))).get(0);
    Solver solver =
        new Solver(structure, members, new Weighing(scales, options.evidence()), options, runner);
    solver.solve();
    if (options.refine() && options.evidence() == EvidenceMode.ALL) {
      solver.refine();
    }
    Map<String, TwinTask.Twins> twins = solver.twins();
    List<TensorPairs> pairs =
        pairs(structure, reference, tensors, solver.resync(), options, runner);
    Report report = new Report(structure, solver.resync(), members, pairs, fingerprint);
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
        pairs.stream().map(TensorPairs::comparison).toList(),
        Origin.of(groups.stream().map(GroupMatch::standOut).toList()),
        solver.notes());
  }

  private static List<TensorPairs> pairs(
      Structure structure,
      Weights reference,
      List<String> tensors,
      Assignment resync,
      MatchOptions options,
      TaskRunner runner)
      throws IOException {
    List<PairTask> tasks = new ArrayList<>();
    List<String> batch = new ArrayList<>();
    long elements = 0;
    for (String tensor : tensors) {
      batch.add(tensor);
      elements += reference.shape(tensor).elements();
      if (elements >= PAIR_ELEMENTS) {
        tasks.add(pairTask(structure, batch, resync, elements, options));
        batch = new ArrayList<>();
        elements = 0;
      }
    }
    if (!batch.isEmpty()) {
      tasks.add(pairTask(structure, batch, resync, elements, options));
    }
    List<TensorPairs> pairs = new ArrayList<>();
    runner.run("Comparing matched tensors", tasks).forEach(pairs::addAll);
    return pairs;
  }

  private static PairTask pairTask(
      Structure structure,
      List<String> batch,
      Assignment resync,
      long elements,
      MatchOptions options) {
    return new PairTask(
        List.copyOf(batch),
        Assignments.restricted(structure, resync, batch),
        elements,
        options.blockBytes());
  }
}
