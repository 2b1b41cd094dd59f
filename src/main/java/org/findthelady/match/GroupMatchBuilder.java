package org.findthelady.match;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.findthelady.match.compare.AxisSums;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.compare.UnitSums;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Writes up what was found of each group. */
final class GroupMatchBuilder {
  private final Structure structure;
  private final GroupPermutations resync;
  private final Map<String, List<AnchoredAxis>> members;
  private final Fingerprint fingerprint;
  private final UnitSums compared;

  GroupMatchBuilder(
      Structure structure,
      GroupPermutations resync,
      Map<String, List<AnchoredAxis>> members,
      List<TensorPairResult> compared,
      Fingerprint fingerprint) {
    this.fingerprint = fingerprint;
    this.structure = structure;
    this.resync = resync;
    this.members = members;
    this.compared = new UnitSums(compared);
  }

  /**
   * The match of one group; {@code comparison} is null where nothing could be compared, {@code
   * twins} where no equal leaves were looked for.
   */
  GroupMatch of(Group group, GroupScores comparison, DuplicateUnitsTask.Twins twins) {
    int[] sources = resync.leafSources(structure, group);
    int leaves = group.leaves();
    int[] matched = new int[leaves];
    GroupMatch.Likeness likeness =
        new GroupMatch.Likeness(
            new float[leaves],
            new float[leaves],
            new float[leaves],
            states(group, comparison, twins),
            certified(group, comparison));
    if (comparison == null) {
      Arrays.setAll(matched, leaf -> leaf);
    } else {
      Arrays.fill(matched, -1);
      int[] order = originalOrder(group);
      for (int leaf = 0; leaf < leaves; leaf++) {
        matched[order[leaf]] = comparison.bestRow(leaf);
        likeness.cosines()[leaf] = (float) comparison.cosine(leaf);
        likeness.margins()[leaf] = (float) comparison.estimatedMargin(leaf);
        likeness.logOdds()[leaf] = (float) comparison.logOdds(leaf);
      }
    }
    return new GroupMatch(
        group.name(),
        group.size(),
        new GroupMatch.Places(sources, matched),
        likeness,
        measures(group));
  }

  private static byte[] states(
      Group group, GroupScores comparison, DuplicateUnitsTask.Twins twins) {
    if (comparison != null && group.size() > 1) {
      return MatchConfidence.of(comparison, twins);
    }
    byte[] states = new byte[group.leaves()];
    MatchState all = group.size() == 1 ? MatchState.MATCHED : MatchState.AMBIGUOUS;
    Arrays.fill(states, all.code());
    return states;
  }

  private GroupMatch.AxisMeasures measures(Group group) {
    List<GroupAxis> members =
        this.members.get(group.name()).stream().map(AnchoredAxis::member).toList();
    GroupMatch.AxisMeasures measures = GroupMatch.AxisMeasures.empty(members, group.leaves());
    for (int m = 0; m < members.size(); m++) {
      AxisSums sums = compared.of(members.get(m).tensor(), members.get(m).axis(), group.name());
      for (int leaf = 0; leaf < group.leaves(); leaf++) {
        measures.cosines()[m][leaf] = sums.cosine(leaf);
        measures.scales()[m][leaf] = sums.scale(leaf);
        measures.gaps()[m][leaf] = sums.gap(leaf);
      }
    }
    return measures;
  }

  private boolean[] certified(Group group, GroupScores comparison) {
    boolean[] certified = new boolean[group.leaves()];
    Fingerprint.Coherence coherence = fingerprint.groups().get(group.name());
    if (coherence != null) {
      AxisSums sums = compared.of(coherence.tensor(), coherence.axis(), group.name());
      for (int leaf = 0; leaf < certified.length; leaf++) {
        certified[leaf] = sums != null && coherence.certifies(leaf, sums.cosine(leaf));
      }
    }
    for (int leaf = 0; comparison != null && leaf < certified.length; leaf++) {
      certified[leaf] |= comparison.isBounded(leaf);
    }
    return certified;
  }

  /** A note on units whose weights are not all numbers; empty if there are none. */
  Optional<String> broken(Group group) {
    TreeSet<Integer> here = new TreeSet<>();
    TreeSet<Integer> there = new TreeSet<>();
    for (AnchoredAxis candidate : members.get(group.name())) {
      GroupAxis member = candidate.member();
      AxisSums sums = compared.of(member.tensor(), member.axis(), group.name());
      for (int leaf = 0; leaf < group.leaves(); leaf++) {
        if (sums.isBroken(leaf, true)) {
          here.add(leaf);
        }
        if (sums.isBroken(leaf, false)) {
          there.add(leaf);
        }
      }
    }
    return here.isEmpty() && there.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Group %s: weights with NaN or infinity touch %d units of the reference, %d of the suspect"
                .formatted(group.name(), here.size(), there.size()));
  }

  /** For each leaf in the order that a comparison saw (only parents moved) the suspect's leaf. */
  private int[] originalOrder(Group group) {
    return PermutationSubsets.without(resync, group).leafSources(structure, group);
  }
}
