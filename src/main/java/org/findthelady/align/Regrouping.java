package org.findthelady.align;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** What a suspect's own structure calls the groups of the structure that a pair is judged by. */
final class Regrouping {
  private final Map<String, String> ownNames = new HashMap<>();

  /**
   * @param judged over the reference's names
   * @param own over the suspect's names
   */
  Regrouping(Alignment alignment, Structure judged, Structure own) {
    for (Counterpart pair : alignment.counterparts()) {
      List<Axis> ours = judged.axes(pair.name());
      List<Axis> theirs = own.axes(pair.suspect().source().name());
      for (int axis = 0; axis < ours.size() && ours.size() == theirs.size(); axis++) {
        same(ours.get(axis), theirs.get(pair.suspect().sourceAxis(axis)));
      }
    }
  }

  private void same(Axis ours, Axis theirs) {
    for (int s = 0; s < ours.segments().size() && s < theirs.segments().size(); s++) {
      Segment our = ours.segments().get(s);
      Segment their = theirs.segments().get(s);
      for (int f = 0; f < our.factors().size() && f < their.factors().size(); f++) {
        AxisFactor factor = our.factors().get(f);
        AxisFactor other = their.factors().get(f);
        if (!factor.isFixed() && !other.isFixed() && factor.size() == other.size()) {
          ownNames.putIfAbsent(factor.groupName(), other.groupName());
        }
      }
    }
  }

  /** An assignment of the suspect's groups to those that the pair is judged by. */
  GroupPermutations of(GroupPermutations assignment, Structure judged, Structure own) {
    GroupPermutations renamed = GroupPermutations.identity();
    for (Group group : judged.groups()) {
      String name = ownNames.get(group.name());
      Group other =
          own.groups().stream().filter(g -> g.name().equals(name)).findFirst().orElse(null);
      if (other != null && other.size() == group.size() && other.instances() == group.instances()) {
        renamed = renamed.with(group, assignment.of(other));
      }
    }
    return renamed;
  }
}
