package org.findthelady.match;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceWeights;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.rows.Weights;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * A pair of models to be matched.
 *
 * @param reference for shapes only
 * @param suspect for shapes only; the same shapes as the reference
 * @param runner reads the weights; nothing else does
 * @param fingerprint of the reference: certifies units
 * @param members by group: the tensor axes that carry it
 * @param evidence what each of them weighs (method 3.2)
 */
record MatchProblem(
    Structure structure,
    Weights reference,
    Weights suspect,
    MatchOptions options,
    TaskRunner runner,
    Fingerprint fingerprint,
    Map<String, List<AnchoredAxis>> members,
    EvidenceWeights evidence) {
  /** Measures what each tensor weighs. */
  static MatchProblem of(
      Structure structure,
      Weights reference,
      Weights suspect,
      MatchOptions options,
      TaskRunner runner,
      Fingerprint fingerprint)
      throws IOException {
    Map<String, List<AnchoredAxis>> members = AnchoredAxis.of(structure, reference, suspect);
    TensorScans scans = new TensorScans(structure, reference, options, runner);
    EvidenceWeights evidence =
        new EvidenceWeights(scans.scales(AnchoredAxis.tensors(members)), options.evidence());
    return new MatchProblem(
        structure, reference, suspect, options, runner, fingerprint, members, evidence);
  }

  /** The same pair, every row scored exactly. */
  MatchProblem withoutSketches() throws IOException {
    return of(structure, reference, suspect, options.withSketch(false), runner, fingerprint);
  }

  /** Numbers that some axes give each unit. */
  static long width(Collection<AnchoredAxis> axes) {
    return axes.stream().mapToLong(axis -> axis.member().width()).sum();
  }

  /** Axes of a group. */
  List<AnchoredAxis> axes(Group group) {
    return members.get(group.name());
  }

  /** A comparison of a group by all its axes. */
  ScorePlanner.Request byAll(Group group) {
    List<Evidence> all = evidence.evidence(axes(group));
    return new ScorePlanner.Request(group, all, all.stream().mapToLong(Evidence::width).sum());
  }

  /** Whether a group has groups nested in it. */
  boolean isParent(Group group) {
    return structure.groups().stream().anyMatch(g -> group.name().equals(g.parentName()));
  }

  /** What is solved of the groups that some tensors carry. */
  GroupPermutations around(GroupPermutations resync, List<String> tensors) {
    return PermutationSubsets.restricted(structure, resync, tensors);
  }
}
