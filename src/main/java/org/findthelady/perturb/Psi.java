package org.findthelady.perturb;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Psi of "Find the Lady": 100 - 100 * #{j : matched(j) != true(j)} / N, per group and over the
 * whole network, in percent. Counted in units: a unit of a nested group is right only if the units
 * that hold it are.
 *
 * @param groups in the structure's order
 */
public record Psi(List<GroupPsi> groups) implements Serializable {
  public Psi {
    groups = List.copyOf(groups);
  }

  /**
   * Right placements of one group.
   *
   * @param units over all instances
   * @param right how many of them were matched to their true reference unit
   */
  public record GroupPsi(String group, int units, int right) implements Serializable {
    /** Psi of the group in percent. */
    public double percent() {
      return share(right, units);
    }
  }

  /**
   * Scores a re-synchronisation.
   *
   * @param truth what was applied to the reference: suspect[i] = reference[truth(i)]
   * @param found what puts the suspect back: result[i] = suspect[found(i)]; truth's inverse if all
   *     is right
   */
  public static Psi of(Structure structure, GroupPermutations truth, GroupPermutations found) {
    List<GroupPsi> groups = new ArrayList<>();
    for (Group group : structure.groups()) {
      int[] applied = truth.unitSources(structure, group);
      int[] undone = found.unitSources(structure, group);
      int right = 0;
      for (int unit = 0; unit < undone.length; unit++) {
        if (applied[undone[unit]] == unit) {
          right++;
        }
      }
      groups.add(new GroupPsi(group.name(), undone.length, right));
    }
    return new Psi(groups);
  }

  /**
   * Psi of one layer where the match need not be one-to-one (the paper's row-wise maximum).
   *
   * @param matched for each suspect neuron the reference neuron it was matched to; -1 for none
   * @param truth for each suspect neuron its true reference neuron
   */
  public static double percent(int[] matched, int[] truth) {
    if (matched.length != truth.length) {
      throw new IllegalArgumentException(
          matched.length + " matched neurons, " + truth.length + " true ones");
    }
    int right = 0;
    for (int j = 0; j < truth.length; j++) {
      right += matched[j] == truth[j] ? 1 : 0;
    }
    return share(right, truth.length);
  }

  /** Psi over all units of all groups; 100 where nothing can move. */
  public double percent() {
    long units = 0;
    long right = 0;
    for (GroupPsi group : groups) {
      units += group.units();
      right += group.right();
    }
    return share(right, units);
  }

  private static double share(long right, long all) {
    return all == 0 ? 100 : 100.0 * right / all;
  }
}
