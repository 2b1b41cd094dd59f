package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Role;

/**
 * The few units that hold all that differs on a tensor.
 *
 * @param group of the units
 * @param member index of the tensor's axis among the group's members
 * @param units that differ
 */
record ChangedUnits(GroupMatch group, int member, List<Integer> units) {
  /**
   * For every tensor the axis on which the fewest units differ, where they are few. Of equal ones
   * on one axis the smaller, such as values inside heads; of others those that the tensor makes.
   *
   * @param differing by tensor how many numbers differ at least
   * @param stacks which tensors lie in several
   * @param rounding relative difference of a unit's numbers up to which it does not differ
   */
  static Map<String, ChangedUnits> few(
      List<GroupMatch> groups, Map<String, Long> differing, StackParts stacks, double rounding) {
    Map<String, ChangedUnits> few = new TreeMap<>();
    for (GroupMatch group : groups) {
      for (int m = 0; m < group.members().size(); m++) {
        for (StackParts.Part part : stacks.of(group, m, differing.keySet())) {
          ChangedUnits units = of(group, m, part, rounding);
          int count = units.units().size();
          int most = Math.min(Thresholds.NAMED_UNITS, (part.to() - part.from()) / 2);
          boolean holds = units.numbers() >= differing.get(part.tensor());
          if (holds && count > 0 && count <= most && units.isBetterThan(few.get(part.tensor()))) {
            few.put(part.tensor(), units);
          }
        }
      }
    }
    return few;
  }

  private static ChangedUnits of(
      GroupMatch group, int member, StackParts.Part part, double rounding) {
    List<Integer> units = new ArrayList<>();
    for (int leaf = part.from(); leaf < part.to(); leaf++) {
      float gap = group.gaps()[member][leaf];
      double least = rounding * rounding * group.squares()[member][leaf];
      if (Float.isNaN(gap) ? !(relative(group, member, leaf) <= Thresholds.SUMMED) : gap > least) {
        units.add(leaf);
      }
    }
    return new ChangedUnits(group, member, units);
  }

  /** How many numbers they have on the tensor. */
  private long numbers() {
    return (long) units.size() * group.members().get(member).width();
  }

  /** Whether it is that axis of that group. */
  boolean isOf(GroupMatch other, int axis) {
    return group.group().equals(other.group()) && member == axis;
  }

  private boolean isBetterThan(ChangedUnits other) {
    if (other == null || units.size() != other.units.size()) {
      return other == null || units.size() < other.units.size();
    }
    GroupAxis own = group.members().get(member);
    GroupAxis its = other.group.members().get(other.member);
    return own.axis() == its.axis() ? own.width() < its.width() : makes() && !other.makes();
  }

  private boolean makes() {
    return group.members().get(member).role() == Role.INCOMING;
  }

  /** Whether they are so many short units that they rather are a part of the tensor. */
  boolean areManyNumbers() {
    return group.members().get(member).width() <= Thresholds.NARROW
        && units.size() > Thresholds.ODD_SHARE * group.units();
  }

  /** l2 norm of a unit's difference. */
  double size(int leaf) {
    float gap = group.gaps()[member][leaf];
    double square = group.squares()[member][leaf];
    return Math.sqrt(Float.isNaN(gap) ? Math.max(0, relative(group, member, leaf)) * square : gap);
  }

  /** Squared relative difference of a unit's weights; 0 where the reference's are zero. */
  private static double relative(GroupMatch group, int member, int leaf) {
    double scale = Math.abs(group.scales()[member][leaf]);
    double cosine = group.memberCosines()[member][leaf];
    double along = scale == 0 ? 0 : scale * cosine;
    return Double.isNaN(scale) ? 0 : 1 + scale * scale - 2 * along;
  }
}
