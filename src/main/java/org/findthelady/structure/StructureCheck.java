package org.findthelady.structure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Holds axes to the invariants of {@link Structure}. */
record StructureCheck(Map<String, Group> groups) {
  void check(String where, Axis axis) {
    for (Segment segment : axis.segments()) {
      int slices = 0;
      for (AxisFactor factor : segment.factors()) {
        if (factor.isFixed()) {
          continue;
        }
        Group group = groups.get(factor.groupName());
        if (group == null || factor.start() + factor.size() > group.size()) {
          throw new IllegalArgumentException(where + ": " + factor + " fits no group");
        }
        slices += factor.size() < group.size() ? 1 : 0;
        if (group.parentName() != null
            && segment.factors().stream()
                .noneMatch(f -> group.parentName().equals(f.groupName()))) {
          throw new IllegalArgumentException(
              where + ": " + group.name() + " without its parent " + group.parentName());
        }
      }
      if (slices > 1) {
        throw new IllegalArgumentException(where + ": two slices in one segment");
      }
    }
    for (String name : axis.groups()) {
      if (liesWhole(axis, name)) {
        continue;
      }
      int[] count = new int[groups.get(name).units()];
      for (Segment segment : axis.segments()) {
        if (segment.indexOf(name) >= 0) {
          tally(segment, groups.get(name), count);
        }
      }
      if (Arrays.stream(count).anyMatch(c -> c != count[0])) {
        throw new IllegalArgumentException(
            where + ": units of group " + name + " lie on it different numbers of times");
      }
    }
  }

  /** Counts for every unit of the group how often it lies on the segment. */
  private void tally(Segment segment, Group group, int[] count) {
    int[] units = {0};
    int times = segment.length();
    for (Group member : lineage(group)) {
      AxisFactor factor = segment.factors().get(segment.indexOf(member.name()));
      int[] finer = new int[units.length * factor.size()];
      for (int i = 0; i < finer.length; i++) {
        finer[i] = units[i / factor.size()] * member.size() + factor.start() + i % factor.size();
      }
      units = finer;
      times /= factor.size();
    }
    for (int unit : units) {
      count[unit] += times;
    }
  }

  /** The group's ancestors from the root on, then the group. */
  private List<Group> lineage(Group group) {
    List<Group> lineage = new ArrayList<>();
    for (Group member = group; member != null; member = groups.get(member.parentName())) {
      lineage.add(0, member);
    }
    return lineage;
  }

  /** Whether no slice of the group or of one of its ancestors lies on the axis. */
  private boolean liesWhole(Axis axis, String groupName) {
    for (String name = groupName; name != null; name = groups.get(name).parentName()) {
      for (Segment segment : axis.segments()) {
        for (AxisFactor factor : segment.factors()) {
          if (name.equals(factor.groupName()) && factor.size() < groups.get(name).size()) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
