package org.findthelady.experiment;

import java.util.Collection;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.result.MatchState;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Where a match put the units of some groups, counted against the truth.
 *
 * @param neurons units
 * @param right put back where they belong
 * @param wrongAmbiguous put elsewhere and marked ambiguous
 * @param wrongInterchangeable put elsewhere and marked interchangeable
 * @param marked marked ambiguous, right or wrong
 */
record Placement(
    int groups,
    long neurons,
    long right,
    long wrongAmbiguous,
    long wrongInterchangeable,
    long marked) {
  static final Placement NONE = new Placement(0, 0, 0, 0, 0, 0);

  /** One-to-one placements, by the sources of every reference unit. */
  static Placement ofSources(Structure structure, GroupPermutations truth, MatchResult match) {
    Placement all = NONE;
    for (Group group : structure.groups()) {
      int[] applied = truth.unitSources(structure, group);
      GroupMatch found = match.group(group.name());
      long right = 0;
      long ambiguous = 0;
      long interchangeable = 0;
      for (int unit = 0; unit < applied.length; unit++) {
        if (applied[found.sources()[unit]] == unit) {
          right++;
        } else if (found.state(unit) == MatchState.AMBIGUOUS) {
          ambiguous++;
        } else if (found.state(unit) == MatchState.INTERCHANGEABLE) {
          interchangeable++;
        }
      }
      all =
          all.plus(
              new Placement(
                  1,
                  applied.length,
                  right,
                  ambiguous,
                  interchangeable,
                  found.count(MatchState.AMBIGUOUS)));
    }
    return all;
  }

  /** The paper's: the nearest reference unit of every suspect unit, one-to-one or not. */
  static Placement ofNearest(Structure structure, GroupPermutations truth, MatchResult match) {
    Placement all = NONE;
    for (Group group : structure.groups()) {
      int[] applied = truth.unitSources(structure, group);
      all = all.plus(ofNearest(applied, match.group(group.name()).matched()));
    }
    return all;
  }

  /**
   * The same of one group.
   *
   * @param applied for every suspect unit its true reference unit
   */
  static Placement ofNearest(int[] applied, int[] matched) {
    long right = 0;
    for (int unit = 0; unit < applied.length; unit++) {
      right += matched[unit] == applied[unit] ? 1 : 0;
    }
    return new Placement(1, applied.length, right, 0, 0, 0);
  }

  static Placement sum(Collection<Placement> placements) {
    return placements.stream().reduce(NONE, Placement::plus);
  }

  private Placement plus(Placement other) {
    return new Placement(
        groups + other.groups,
        neurons + other.neurons,
        right + other.right,
        wrongAmbiguous + other.wrongAmbiguous,
        wrongInterchangeable + other.wrongInterchangeable,
        marked + other.marked);
  }

  long wrongSilent() {
    return neurons - right - wrongAmbiguous - wrongInterchangeable;
  }
}
