package org.findthelady.match;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.Origin;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.match.rows.EvidenceWeights;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * The method: finds the permutation of every group that puts a suspect back in the reference's
 * order. {@link #propose} and {@link #finish} have its steps in the order of method 3.
 */
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
    return propose(structure, reference, suspect, options, runner, Fingerprint.unknown()).compare();
  }

  /**
   * Solves the groups. Every tensor is compared by {@link ProposedOrder#compare}, so that a caller
   * who must read all tensors anyway can do both in one reading.
   *
   * @param fingerprint of the reference: certifies neurons
   */
  public static ProposedOrder propose(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner,
      Fingerprint fingerprint)
      throws IOException {
    // 3.2: every tensor is weighed by its own noise.
    MatchProblem problem =
        MatchProblem.of(structure, reference, suspect, options, runner, fingerprint);
    return propose(problem);
  }

  private static ProposedOrder propose(MatchProblem problem) throws IOException {
    ProposedOrder proposed = new ProposedOrder(problem);
    proposed.solveOutward(); // 3.3 and 3.4
    return proposed;
  }

  /**
   * Proves, refines and reports a proposed order.
   *
   * @param sketched tensors compared in an order that rests on sketches; null if it does not
   */
  static MatchResult finish(ProposedOrder proposed, List<TensorPairResult> sketched)
      throws IOException {
    // 3.7: what sketches proposed is proved, or all is scored exactly.
    if (sketched != null && !proposed.prove(sketched)) {
      return finish(propose(proposed.problem().withoutSketches()), null);
    }
    GroupPermutations anchored = proposed.resync();
    MatchOptions options = proposed.problem().options();
    // 3.3 and 3.5: weak groups once more, then doubt is passed on, units in doubt stay where others
    // do, and equal units are put in order.
    if (options.refine() && options.evidence() == EvidenceMode.ALL) {
      proposed.refine();
      proposed.spreadDoubts();
      proposed.keepPlaces();
    }
    Map<String, DuplicateUnitsTask.UnitHashes> duplicates = proposed.orderDuplicates();
    // 3.10, 3.6 and 3.11: what was changed, what is certified, and whether both have one origin.
    List<TensorPairResult> found = proposed.matchByOne(proposed.compareTensors(sketched, anchored));
    Origin origin = proposed.findOrigin(found, anchored);
    List<TensorPairResult> signed = proposed.matchAnySign(found, origin);
    List<TensorPairResult> pairs = proposed.undoExchanges(proposed.keepPlaces(signed, origin));
    List<GroupMatch> groups = proposed.describe(pairs, duplicates);
    return new MatchResult(
        proposed.resync(),
        groups,
        pairs.stream().map(TensorPairResult::comparison).toList(),
        origin,
        proposed.notes());
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
    EvidenceWeights evidenceWeights =
        new EvidenceWeights(
            new TensorScans(structure, reference, options, runner).scales(tensors),
            options.evidence());
    List<Evidence> evidence =
        evidenceWeights.evidence(evidenceWeights.admitted(options.evidence(), members, true));
    int[] nearest = new int[group.units()];
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
}
