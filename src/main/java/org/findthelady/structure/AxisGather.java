package org.findthelady.structure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the units of groups lie on one axis, and how a permutation of them moves its indices. */
record AxisGather(Structure structure, Axis axis) {
  /**
   * For every index of the axis the unit of {@code groupName} that lies there, or -1.
   *
   * <p>A unit is {@code instance * size + place}; the instance of a nested group counts its
   * ancestors' units.
   */
  int[] units(String groupName) {
    int[] units = new int[axis.length()];
    if (isPlain() && groupName.equals(axis.segments().get(0).factors().get(0).groupName())) {
      Arrays.setAll(units, i -> i);
      return units;
    }
    Arrays.fill(units, -1);
    int base = 0;
    for (Segment segment : axis.segments()) {
      if (segment.indexOf(groupName) >= 0) {
        int[] own = units(segment, structure.group(groupName));
        System.arraycopy(own, 0, units, base, own.length);
      }
      base += segment.length();
    }
    return units;
  }

  /** For every index of a segment the unit of a group that lies there. */
  private int[] units(Segment segment, Group group) {
    int f = segment.indexOf(group.name());
    int[] units = segment.digits(f);
    int start = segment.factors().get(f).start();
    int[] above =
        group.parentName() == null ? null : units(segment, structure.group(group.parentName()));
    for (int i = 0; i < units.length; i++) {
      units[i] += start + (above == null ? 0 : above[i] * group.size());
    }
    return units;
  }

  /**
   * The index gather that {@code assignment} makes on this axis: output index i takes from input
   * index {@code gather[i]}. Null when nothing moves.
   */
  int[] gather(GroupPermutations assignment) {
    if (axis.groups().stream().allMatch(assignment::isIdentity)) {
      return null;
    }
    if (isPlain()) {
      return assignment.unitSources(
          structure, structure.group(axis.segments().get(0).factors().get(0).groupName()));
    }
    List<Segment> segments = axis.segments();
    int[] bases = new int[segments.size()];
    Map<String, int[]> homes = homes(bases);
    int[] gather = new int[axis.length()];
    Map<String, Integer> copies = new HashMap<>();
    for (int s = 0; s < segments.size(); s++) {
      Segment segment = segments.get(s);
      int copy = copies.merge(segment.kind() + firstUnit(segment), 1, Integer::sum);
      int[] home = homes.get(segment.kind() + copy);
      int sliced = sliced(segment);
      int[] targets = new int[segment.length()];
      Arrays.fill(targets, s);
      int[][] digits = new int[segment.factors().size()][];
      for (int f = 0; f < digits.length; f++) {
        AxisFactor factor = segment.factors().get(f);
        int[] from = segment.digits(f);
        digits[f] = from;
        if (!factor.isFixed()) {
          Group group = structure.group(factor.groupName());
          int[] places = assignment.places(group);
          int[] units = units(segment, group);
          move(from, places, units);
          if (f == sliced) {
            toSegments(from, home, targets, segments, f);
          }
        }
      }
      for (int f = 0; f < digits.length; f++) {
        addDigits(gather, bases[s], digits[f], segments, targets, f);
      }
      addBases(gather, bases, bases[s], targets);
    }
    return gather;
  }

  private static void move(int[] digits, int[] places, int[] units) {
    for (int i = 0; i < digits.length; i++) {
      digits[i] = places[units[i]];
    }
  }

  /** Puts digits of a sliced group into the segments that they lie in. */
  private static void toSegments(
      int[] digits, int[] home, int[] targets, List<Segment> segments, int f) {
    for (int i = 0; i < digits.length; i++) {
      targets[i] = home[digits[i]];
      digits[i] -= segments.get(targets[i]).factors().get(f).start();
    }
  }

  private static void addBases(int[] gather, int[] bases, int base, int[] targets) {
    for (int i = 0; i < targets.length; i++) {
      gather[base + i] += bases[targets[i]];
    }
  }

  /** Adds what one digit gives to the index within the segment that each index goes to. */
  private static void addDigits(
      int[] gather, int base, int[] digits, List<Segment> segments, int[] targets, int f) {
    int[] strides = new int[segments.size()];
    Arrays.fill(strides, -1);
    for (int i = 0; i < digits.length; i++) {
      int target = targets[i];
      if (strides[target] < 0) {
        strides[target] = segments.get(target).stride(f);
      }
      gather[base + i] += digits[i] * strides[target];
    }
  }

  /** Whether the axis is all units of one group that has no parent, in order. */
  private boolean isPlain() {
    if (axis.segments().size() != 1 || axis.segments().get(0).factors().size() != 1) {
      return false;
    }
    AxisFactor only = axis.segments().get(0).factors().get(0);
    if (only.isFixed()) {
      return false;
    }
    Group group = structure.group(only.groupName());
    return group.parentName() == null && only.size() == group.size();
  }

  /** For each kind and copy of sliced segments: unit of the sliced group to segment index. */
  private Map<String, int[]> homes(int[] bases) {
    Map<String, int[]> homes = new HashMap<>();
    Map<String, Integer> copies = new HashMap<>();
    int base = 0;
    for (int s = 0; s < axis.segments().size(); s++) {
      Segment segment = axis.segments().get(s);
      bases[s] = base;
      base += segment.length();
      int copy = copies.merge(segment.kind() + firstUnit(segment), 1, Integer::sum);
      int sliced = sliced(segment);
      if (sliced >= 0) {
        AxisFactor factor = segment.factors().get(sliced);
        int[] home =
            homes.computeIfAbsent(
                segment.kind() + copy, k -> new int[structure.group(factor.groupName()).size()]);
        Arrays.fill(home, factor.start(), factor.start() + factor.size(), s);
      }
    }
    return homes;
  }

  private int firstUnit(Segment segment) {
    int sliced = sliced(segment);
    return sliced < 0 ? 0 : segment.factors().get(sliced).start();
  }

  private int sliced(Segment segment) {
    for (int f = 0; f < segment.factors().size(); f++) {
      AxisFactor factor = segment.factors().get(f);
      if (!factor.isFixed() && factor.size() < structure.group(factor.groupName()).size()) {
        return f;
      }
    }
    return -1;
  }
}
