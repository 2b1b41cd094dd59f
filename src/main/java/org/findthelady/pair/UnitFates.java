package org.findthelady.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;
import org.findthelady.match.basis.MemoryWeights;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Role;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.Widened;

/** What became of the units that only one side of a pair of different widths has. */
final class UnitFates {
  private static final int NAMED = 8;

  private final Widened widened;
  private final MatchResult match;
  private final MemoryWeights ours;
  private final MemoryWeights theirs;
  private final Map<String, Map<GroupAxis, int[][]>> elements = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> words = new ArrayList<>();

  /**
   * @param theirs the suspect in the reference's order
   */
  UnitFates(Widened widened, MatchResult match, MemoryWeights ours, MemoryWeights theirs) {
    this.widened = widened;
    this.match = match;
    this.ours = ours;
    this.theirs = theirs;
  }

  /** Names them, joins what was split, and empties on both sides what one side has not. */
  void settle() {
    for (Group group : widened.groups()) {
      GroupMatch found = match.group(group.name());
      List<Integer> removed = new ArrayList<>();
      List<Integer> added = new ArrayList<>();
      for (int unit = 0; unit < group.units(); unit++) {
        boolean here = unit % group.size() < widened.ours(group.name());
        boolean there = found.sources()[unit] % group.size() < widened.theirs(group.name());
        if (here && !there) {
          removed.add(unit);
        } else if (there && !here) {
          added.add(unit);
        }
      }
      removed.forEach(unit -> remove(found, unit));
      List<FindingKind> kinds = added.stream().map(unit -> add(found, unit)).toList();
      tell(group, removed, kinds);
    }
  }

  private void remove(GroupMatch group, int unit) {
    finding(FindingKind.UNIT_REMOVED, group, own(group, unit, widened.ours(group.group())), -1);
    empty(group, unit, ours);
  }

  private FindingKind add(GroupMatch group, int slot) {
    int source = own(group, group.sources()[slot], widened.theirs(group.group()));
    int origin = original(group, slot);
    boolean idle = norm(group, slot, Role.INCOMING) == 0 || norm(group, slot, Role.OUTGOING) == 0;
    FindingKind kind =
        idle
            ? FindingKind.UNIT_WITHOUT_EFFECT
            : origin >= 0 ? FindingKind.UNIT_SPLIT : FindingKind.UNIT_ADDED;
    int unit = origin < 0 ? -1 : own(group, origin, widened.ours(group.group()));
    finding(kind, group, kind == FindingKind.UNIT_SPLIT ? unit : -1, source);
    if (kind == FindingKind.UNIT_SPLIT) {
      join(group, origin, slot);
    }
    empty(group, slot, theirs);
    return kind;
  }

  /** The index that a unit has in a network of {@code size} units a parent. */
  private static int own(GroupMatch group, int unit, int size) {
    return unit / group.size() * size + unit % group.size();
  }

  /** The reference's unit of which a new one is a copy; -1 if there is none. */
  private int original(GroupMatch group, int slot) {
    double there = norm(group, slot, Role.INCOMING);
    int first = slot / group.size() * group.size();
    for (int unit = first; unit < first + widened.ours(group.group()); unit++) {
      double dot = 0;
      double here = 0;
      for (GroupAxis member : group.members()) {
        if (member.role() == Role.INCOMING) {
          dot += product(member, group, ours, unit, theirs, slot);
          here += product(member, group, ours, unit, ours, unit);
        }
      }
      if (here > 0 && there > 0 && dot > Thresholds.SAME_DIRECTION * Math.sqrt(here * there)) {
        return unit;
      }
    }
    return -1;
  }

  private double norm(GroupMatch group, int slot, Role role) {
    return group.members().stream()
        .filter(member -> member.role() == role)
        .mapToDouble(member -> product(member, group, theirs, slot, theirs, slot))
        .sum();
  }

  private double product(
      GroupAxis member,
      GroupMatch group,
      MemoryWeights one,
      int unit,
      MemoryWeights other,
      int otherUnit) {
    int[] a = elements(member, group, unit);
    int[] b = elements(member, group, otherUnit);
    float[] left = one.values(member.tensor());
    float[] right = other.values(member.tensor());
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) left[a[i]] * right[b[i]];
    }
    return sum;
  }

  /** What reads two copies reads their sum. */
  private void join(GroupMatch group, int unit, int slot) {
    for (GroupAxis member : group.members()) {
      if (member.role() == Role.OUTGOING) {
        int[] to = elements(member, group, unit);
        int[] from = elements(member, group, slot);
        float[] values = theirs.values(member.tensor());
        for (int i = 0; i < to.length; i++) {
          values[to[i]] += values[from[i]];
        }
      }
    }
  }

  private void empty(GroupMatch group, int unit, MemoryWeights weights) {
    for (GroupAxis member : group.members()) {
      float[] values = weights.values(member.tensor());
      for (int i : elements(member, group, unit)) {
        values[i] = 0;
      }
    }
  }

  /** Indices of a unit's numbers on one of its tensors. */
  private int[] elements(GroupAxis member, GroupMatch group, int unit) {
    return elements.computeIfAbsent(group.group(), name -> new HashMap<>())
        .computeIfAbsent(member, axis -> byUnit(axis, group))[unit];
  }

  private int[][] byUnit(GroupAxis member, GroupMatch group) {
    Structure wide = widened.structure();
    int[] leaves = wide.units(wide.axes(member.tensor()).get(member.axis()), group.group());
    Shape shape = ours.shape(member.tensor());
    int stride = Math.toIntExact(shape.elements(member.axis() + 1, shape.rank()));
    IntStream.Builder[] found = new IntStream.Builder[group.units()];
    Arrays.setAll(found, unit -> IntStream.builder());
    for (int i = 0; i < ours.values(member.tensor()).length; i++) {
      int leaf = leaves[i / stride % leaves.length];
      if (leaf >= 0) {
        found[leaf].add(i);
      }
    }
    return Arrays.stream(found).map(unit -> unit.build().toArray()).toArray(int[][]::new);
  }

  private void finding(FindingKind kind, GroupMatch group, int unit, int source) {
    String tensor =
        group.members().stream()
            .filter(member -> member.role() == Role.INCOMING)
            .findFirst()
            .orElse(group.members().get(0))
            .tensor();
    findings.add(new Finding(kind, tensor, group.group(), unit, source, 1, false, 1));
  }

  private void tell(Group wide, List<Integer> slots, List<FindingKind> added) {
    String group = wide.name();
    GroupMatch found = match.group(group);
    int ours = widened.ours(group) * (wide.units() / wide.size());
    List<Integer> removed =
        slots.stream().map(slot -> own(found, slot, widened.ours(group))).toList();
    if (!removed.isEmpty()) {
      words.add(
          "%d of %d units of group %s were removed: %s"
              .formatted(removed.size(), ours, group, named(removed)));
    }
    for (FindingKind kind :
        List.of(FindingKind.UNIT_SPLIT, FindingKind.UNIT_WITHOUT_EFFECT, FindingKind.UNIT_ADDED)) {
      long count = added.stream().filter(kind::equals).count();
      if (count > 0) {
        words.add(
            "%d units of group %s, which has %d in the reference, were %s"
                .formatted(count, group, ours, kind.plainWords()));
      }
    }
  }

  private static String named(List<Integer> units) {
    String some =
        units.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "));
    return units.size() > NAMED ? some + " and others" : some;
  }

  /** One finding a unit. */
  List<Finding> findings() {
    return findings;
  }

  /** The same in words. */
  String words() {
    return String.join("; ", words);
  }
}
