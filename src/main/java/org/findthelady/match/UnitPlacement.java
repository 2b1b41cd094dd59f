package org.findthelady.match;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.Permutation;
import org.findthelady.structure.Group;

/** Turns settled units into permutations. */
final class UnitPlacement {
  private UnitPlacement() {}

  /**
   * One permutation for each instance.
   *
   * @param columnOf for each unit the unit of the same instance that it takes from; at the root any
   */
  static List<Permutation> permutations(Group group, int[] columnOf) {
    List<Permutation> instances = new ArrayList<>();
    for (int instance = 0; instance < group.instances(); instance++) {
      int[] sources = new int[group.size()];
      for (int unit = 0; unit < sources.length; unit++) {
        sources[unit] = columnOf[instance * group.size() + unit] - instance * group.size();
      }
      instances.add(Permutation.ofSources(sources));
    }
    return instances;
  }
}
