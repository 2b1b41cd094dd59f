package org.findthelady.match.rows;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.Permutation;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Parts of assignments. */
public final class PermutationSubsets {
  private PermutationSubsets() {}

  /** The assignment with one group put back where it was. */
  public static GroupPermutations without(GroupPermutations assignment, Group group) {
    if (!assignment.asMap().containsKey(group.name())) {
      return assignment;
    }
    return assignment.with(
        group,
        java.util.Collections.nCopies(group.instances(), Permutation.identity(group.size())));
  }

  /** Only what moves something on these tensors: small enough to send. */
  public static GroupPermutations restricted(
      Structure structure, GroupPermutations assignment, Collection<String> tensors) {
    Set<String> names = new LinkedHashSet<>();
    for (String tensor : tensors) {
      for (Axis axis : structure.axes(tensor)) {
        names.addAll(axis.groups());
      }
    }
    GroupPermutations kept = GroupPermutations.identity();
    for (Group group : structure.groups()) {
      List<Permutation> instances = assignment.asMap().get(group.name());
      if (instances != null && names.contains(group.name())) {
        kept = kept.with(group, instances);
      }
    }
    return kept;
  }
}
