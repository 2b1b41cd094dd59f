package org.findthelady.match;

import java.util.ArrayList;
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
   * The match of one group; {@code comparison} and {@code first}, the one on anchored evidence
   * alone, are null where nothing could be compared, {@code twins} where no equal leaves were
   * looked for.
   */
  GroupMatch of(
      Group group, GroupScores comparison, GroupScores first, DuplicateUnitsTask.Twins twins) {
    int leaves = group.leaves();
    List<GroupAxis> measured = new ArrayList<>();
    for (AnchoredAxis candidate : members.get(group.name())) {
      measured.add(candidate.member());
    }
    float[][] scales = new float[measured.size()][];
    float[][] cosines = new float[measured.size()][];
    for (int m = 0; m < scales.length; m++) {
      GroupAxis member = measured.get(m);
      AxisSums sums = compared.of(member.tensor(), member.axis(), group.name());
      scales[m] = new float[leaves];
      cosines[m] = new float[leaves];
      for (int leaf = 0; leaf < leaves; leaf++) {
        cosines[m][leaf] = sums.cosine(leaf);
        scales[m][leaf] = sums.scale(leaf);
      }
    }
    int[] sources = resync.leafSources(structure, group);
    int[] matched = sources.clone();
    float[] similarity = new float[leaves];
    float[] margins = new float[leaves];
    float[] logOdds = new float[leaves];
    float[] standOut = comparison == null ? new float[leaves] : first.standOuts();
    byte[] states = new byte[leaves];
    Arrays.fill(states, MatchState.AMBIGUOUS.code());
    if (comparison == null) {
      Arrays.setAll(matched, leaf -> leaf);
    } else {
      Arrays.fill(matched, -1);
      int[] order = originalOrder(group);
      states = MatchConfidence.of(comparison, twins);
      for (int leaf = 0; leaf < leaves; leaf++) {
        matched[order[leaf]] = comparison.bestRow(leaf);
        similarity[leaf] = (float) comparison.cosine(leaf);
        margins[leaf] = (float) comparison.estimatedMargin(leaf);
        logOdds[leaf] = (float) comparison.logOdds(leaf);
      }
    }
    if (group.size() == 1) {
      Arrays.fill(states, MatchState.MATCHED.code());
    }
    return new GroupMatch(
        group.name(),
        group.size(),
        sources,
        matched,
        similarity,
        margins,
        logOdds,
        standOut,
        states,
        certified(group, comparison),
        measured,
        scales,
        cosines);
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
