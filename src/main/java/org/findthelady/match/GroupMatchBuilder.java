package org.findthelady.match;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.findthelady.match.compare.AxisSums;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.compare.UnitSums;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.PermutationSubsets;
import org.findthelady.match.task.DuplicateUnitsTask;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;

/** Writes up what was found of each group. */
final class GroupMatchBuilder {
  private final MatchProblem problem;
  private final GroupPermutations resync;
  private final UnitSums compared;

  GroupMatchBuilder(
      MatchProblem problem, GroupPermutations resync, List<TensorPairResult> compared) {
    this.problem = problem;
    this.resync = resync;
    this.compared = new UnitSums(compared);
  }

  /**
   * The match of one group; {@code comparison} is null where nothing could be compared, {@code
   * duplicates} where no equal units were looked for.
   */
  GroupMatch of(Group group, GroupScores comparison, DuplicateUnitsTask.UnitHashes duplicates) {
    int[] sources = resync.unitSources(problem.structure(), group);
    int units = group.units();
    int[] matched = new int[units];
    GroupMatch.Likeness likeness =
        new GroupMatch.Likeness(
            new float[units],
            new float[units],
            new float[units],
            states(group, comparison, duplicates),
            certified(group, comparison));
    if (comparison == null) {
      Arrays.setAll(matched, unit -> unit);
    } else {
      Arrays.fill(matched, -1);
      int[] order = originalOrder(group);
      for (int unit = 0; unit < units; unit++) {
        matched[order[unit]] = comparison.bestRow(unit);
        likeness.cosines()[unit] = (float) comparison.cosine(unit);
        likeness.margins()[unit] = (float) comparison.estimatedMargin(unit);
        double known = comparison.isProved(unit) ? MatchConfidence.enough(units) : -1e30;
        likeness.logOdds()[unit] = (float) Math.max(known, comparison.logOdds(unit));
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
      Group group, GroupScores comparison, DuplicateUnitsTask.UnitHashes duplicates) {
    if (comparison != null && group.size() > 1) {
      return MatchConfidence.of(comparison, duplicates);
    }
    byte[] states = new byte[group.units()];
    MatchState all = group.size() == 1 ? MatchState.MATCHED : MatchState.AMBIGUOUS;
    Arrays.fill(states, all.code());
    return states;
  }

  private GroupMatch.AxisMeasures measures(Group group) {
    List<GroupAxis> members = problem.axes(group).stream().map(AnchoredAxis::member).toList();
    GroupMatch.AxisMeasures measures = GroupMatch.AxisMeasures.empty(members, group.units());
    for (int m = 0; m < members.size(); m++) {
      AxisSums sums = compared.of(members.get(m).tensor(), members.get(m).axis(), group.name());
      for (int unit = 0; unit < group.units(); unit++) {
        measures.cosines()[m][unit] = sums.cosine(unit);
        measures.scales()[m][unit] = sums.scale(unit);
        measures.gaps()[m][unit] = sums.gap(unit);
        measures.squares()[m][unit] = sums.isEqual() ? 0 : sums.referenceSquares()[unit];
      }
    }
    return measures;
  }

  private boolean[] certified(Group group, GroupScores comparison) {
    boolean[] certified = new boolean[group.units()];
    Fingerprint.Coherence coherence = problem.fingerprint().groups().get(group.name());
    if (coherence != null) {
      AxisSums sums = compared.of(coherence.tensor(), coherence.axis(), group.name());
      for (int unit = 0; unit < certified.length; unit++) {
        certified[unit] = sums != null && coherence.certifies(unit, sums.cosine(unit));
      }
    }
    for (int unit = 0; comparison != null && unit < certified.length; unit++) {
      certified[unit] |= comparison.isBounded(unit);
    }
    return certified;
  }

  /** A note on units whose weights are not all numbers; empty if there are none. */
  Optional<String> broken(Group group) {
    TreeSet<Integer> here = new TreeSet<>();
    TreeSet<Integer> there = new TreeSet<>();
    for (AnchoredAxis candidate : problem.axes(group)) {
      GroupAxis member = candidate.member();
      AxisSums sums = compared.of(member.tensor(), member.axis(), group.name());
      for (int unit = 0; unit < group.units(); unit++) {
        if (sums.isBroken(unit, true)) {
          here.add(unit);
        }
        if (sums.isBroken(unit, false)) {
          there.add(unit);
        }
      }
    }
    return here.isEmpty() && there.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Group %s: weights with NaN or infinity touch %d units of the reference, %d of the suspect"
                .formatted(group.name(), here.size(), there.size()));
  }

  /** For each unit in the order that a comparison saw (only parents moved) the suspect's unit. */
  private int[] originalOrder(Group group) {
    return PermutationSubsets.without(resync, group).unitSources(problem.structure(), group);
  }
}
