package org.findthelady.structure.derive;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Random permutations for trials, none of which leaves everything where it was. */
public final class Shuffle {
  private Shuffle() {}

  public static Permutation of(int size, SplittableRandom random) {
    Permutation permutation = Permutation.random(size, random);
    if (size < 2 || !permutation.isIdentity()) {
      return permutation;
    }
    int[] turned = new int[size];
    for (int u = 0; u < size; u++) {
      turned[u] = (u + 1) % size;
    }
    return Permutation.ofSources(turned);
  }

  public static List<Permutation> of(Group group, SplittableRandom random) {
    List<Permutation> instances = new ArrayList<>();
    for (int i = 0; i < group.instances(); i++) {
      instances.add(of(group.size(), random));
    }
    return instances;
  }

  /** Every group moved. */
  public static GroupPermutations of(Structure structure, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    GroupPermutations assignment = GroupPermutations.random(structure, seed);
    for (Group group : structure.groups()) {
      if (group.size() > 1 && assignment.of(group).stream().anyMatch(Permutation::isIdentity)) {
        assignment = assignment.with(group, of(group, random));
      }
    }
    return assignment;
  }
}
