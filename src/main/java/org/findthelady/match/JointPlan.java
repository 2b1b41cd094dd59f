package org.findthelady.match;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** Decides whether all groups are matched at once, and what is needed for it. */
final class JointPlan {
  /** Share of doubtful leaves from which on it is worth its time. */
  private static final double DOUBTFUL = 0.25;

  /**
   * Expected noise, as a share of a tensor's mean square, from which on a lost order does not speak
   * against a common origin.
   */
  private static final double DROWNED = 1;

  /** Numbers held for one side at most. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private final Structure structure;
  private final Map<String, List<Candidate>> members;
  private final Weighing weighing;
  private final MatchOptions options;

  JointPlan(
      Structure structure,
      Map<String, List<Candidate>> members,
      Weighing weighing,
      MatchOptions options) {
    this.structure = structure;
    this.members = members;
    this.weighing = weighing;
    this.options = options;
  }

  /**
   * What is to be done; null if nothing is: few leaves are in doubt, or one that is not is the
   * negative of its source, or both sides look unrelated, or the model is too large.
   *
   * @param first comparisons on anchored evidence, by group
   * @param comparisons the latest, by group
   */
  JointTask task(
      Map<String, Comparison> first, Map<String, Comparison> comparisons, Assignment resync) {
    if (!doubtful(comparisons) || !related(first)) {
      return null;
    }
    Map<String, int[]> known = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    Assignment around = resync;
    long elements = 0;
    for (Comparison comparison : comparisons.values()) {
      Group group = comparison.group();
      if (stands(group)) {
        known.put(group.name(), comparison.columnOf());
        around = Assignments.without(around, group);
        elements += (long) group.leaves() * group.leaves();
        for (Evidence evidence : weighing.evidence(members.get(group.name()))) {
          weights.put(evidence.tensor(), (double) evidence.weight());
        }
      }
    }
    elements += weights.keySet().stream().mapToLong(this::elements).sum();
    return elements > Math.min(MOST_ELEMENTS, options.blockBytes() / 32)
        ? null
        : new JointTask(known, weights, around, elements);
  }

  private static boolean doubtful(Map<String, Comparison> comparisons) {
    long doubtful = 0;
    long leaves = 0;
    for (Comparison comparison : comparisons.values()) {
      for (int leaf = 0; leaf < comparison.group().leaves(); leaf++) {
        boolean matched = Standing.matched(comparison, leaf);
        if (matched && comparison.opposite(leaf) == comparison.columnOf()[leaf]) {
          return false;
        }
        doubtful += matched ? 0 : 1;
        leaves++;
      }
    }
    return doubtful >= DOUBTFUL * leaves && leaves > 0;
  }

  /** Whether the match is better than chance, or noise may hide that it could be. */
  private boolean related(Map<String, Comparison> first) {
    List<float[]> standOuts = new ArrayList<>();
    long drowned = 0;
    long width = 0;
    for (Comparison comparison : first.values()) {
      float[] standOut = new float[comparison.group().leaves()];
      for (int leaf = 0; leaf < standOut.length; leaf++) {
        standOut[leaf] = (float) comparison.standOut(leaf);
      }
      standOuts.add(standOut);
      for (Evidence evidence : weighing.evidence(members.get(comparison.group().name()))) {
        long numbers = evidence.width() * standOut.length;
        width += numbers;
        drowned += evidence.noise() >= DROWNED ? numbers : 0;
      }
    }
    return 2 * drowned > width || Origin.of(standOuts).common();
  }

  /** Whether a group has neither parent nor nested groups. */
  private boolean stands(Group group) {
    return group.parent().isEmpty()
        && structure.groups().stream().noneMatch(g -> group.name().equals(g.parentName()));
  }

  private long elements(String tensor) {
    return structure.axes(tensor).stream().mapToLong(Axis::length).reduce(1, Math::multiplyExact);
  }
}
