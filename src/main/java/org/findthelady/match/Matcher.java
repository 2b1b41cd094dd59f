package org.findthelady.match;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.TaskRunner;
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
    return new ProposedOrder(structure, reference, suspect, options, runner, fingerprint);
  }
}
