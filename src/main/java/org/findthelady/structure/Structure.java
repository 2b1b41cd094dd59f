package org.findthelady.structure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.findthelady.core.Shape;

/**
 * The permutation groups of one network and where their units lie on every axis of every tensor.
 *
 * <p>Invariants: a group's parent comes before it; a nested group's factor shares its segment with
 * its parent's; at most one factor of a segment is a slice; every unit of a group lies the same
 * number of times on every axis that carries the group.
 */
public final class Structure implements Serializable {
  private static final long serialVersionUID = 1;

  /** Stands for a structure that is not known: nothing moves. */
  public static final Structure UNKNOWN = new Structure("", List.of(), Map.of());

  private final String name;
  private final LinkedHashMap<String, Group> groups;
  private final LinkedHashMap<String, List<Axis>> axes;
  private final List<StackedTensor> stacks;
  private final LinkedHashMap<String, StackedTensor> stackOfPart = new LinkedHashMap<>();
  private final List<RotaryDigit> rotary;
  private final Map<String, TrainingState.Companion> companions;

  /**
   * @param name the architecture or graph that this was read from
   * @param groups parents before children
   * @param axes for every tensor its axes, slowest first
   * @throws IllegalArgumentException if an invariant does not hold
   */
  public Structure(String name, Collection<Group> groups, Map<String, List<Axis>> axes) {
    this(name, groups, axes, List.of(), List.of());
  }

  /**
   * @param name the architecture or graph that this was read from
   * @param groups parents before children
   * @param axes for every tensor its axes, slowest first; a stack's whole stands for its parts
   * @param stacks tensors that lie end to end
   * @param rotary digits of rotary embeddings
   * @throws IllegalArgumentException if an invariant does not hold
   */
  public Structure(
      String name,
      Collection<Group> groups,
      Map<String, List<Axis>> axes,
      Collection<StackedTensor> stacks,
      Collection<RotaryDigit> rotary) {
    this(name, groups, axes, stacks, rotary, Map.of());
  }

  private Structure(
      String name,
      Collection<Group> groups,
      Map<String, List<Axis>> axes,
      Collection<StackedTensor> stacks,
      Collection<RotaryDigit> rotary,
      Map<String, TrainingState.Companion> companions) {
    this.name = Objects.requireNonNull(name);
    this.companions = Map.copyOf(companions);
    this.groups = new LinkedHashMap<>();
    for (Group group : groups) {
      group
          .parent()
          .ifPresent(
              parent -> {
                Group above = this.groups.get(parent);
                if (above == null || above.units() != group.instances()) {
                  throw new IllegalArgumentException(
                      "group " + group.name() + ": parent " + parent + " unknown or misfit");
                }
              });
      if (this.groups.put(group.name(), group) != null) {
        throw new IllegalArgumentException("group " + group.name() + " twice");
      }
    }
    this.axes = new LinkedHashMap<>();
    axes.forEach((tensor, list) -> this.axes.put(tensor, List.copyOf(list)));
    this.axes.forEach(
        (tensor, list) -> {
          for (int axis = 0; axis < list.size(); axis++) {
            check("tensor '" + tensor + "' axis " + axis, list.get(axis));
          }
        });
    this.stacks = List.copyOf(stacks);
    this.rotary = List.copyOf(rotary);
    for (StackedTensor stack : stacks) {
      check(stack);
    }
  }

  private void check(StackedTensor stack) {
    List<Axis> whole = axes.get(stack.name());
    if (whole == null
        || stack.axis() >= whole.size()
        || whole.get(stack.axis()).length() % stack.parts().size() != 0) {
      throw new IllegalArgumentException(stack + " does not fit its axes " + whole);
    }
    for (String part : stack.parts()) {
      if (axes.containsKey(part) || stackOfPart.put(part, stack) != null) {
        throw new IllegalArgumentException("tensor '" + part + "' of " + stack + " twice");
      }
    }
  }

  private void check(String where, Axis axis) {
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
        if (indexOf(segment, name) >= 0) {
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
      AxisFactor factor = segment.factors().get(indexOf(segment, member.name()));
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

  /** The architecture or graph. */
  public String name() {
    return name;
  }

  /** Whether anything is known of what moves. */
  public boolean isKnown() {
    return !name.isEmpty();
  }

  /** All groups, parents before children. */
  public Collection<Group> groups() {
    return List.copyOf(groups.values());
  }

  /**
   * One group.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Group group(String groupName) {
    Group group = groups.get(groupName);
    if (group == null) {
      throw new IllegalArgumentException("no group " + groupName + " in " + name);
    }
    return group;
  }

  /** The tensors that lie end to end, each stack under a name of its own in {@link #axes()}. */
  public List<StackedTensor> stacks() {
    return stacks;
  }

  /** The digits of rotary embeddings. */
  public List<RotaryDigit> rotary() {
    return rotary;
  }

  /**
   * This structure with tensors that move as a parameter does.
   *
   * @param found by tensor; they are in no group's members and in no {@link #axes()}. One that has
   *     axes of its own here is no companion
   */
  public Structure followedBy(Map<String, TrainingState.Companion> found) {
    Map<String, TrainingState.Companion> following = new HashMap<>(found);
    following.keySet().removeAll(axes.keySet());
    following.keySet().removeAll(stackOfPart.keySet());
    return new Structure(name, groups.values(), axes, stacks, rotary, following);
  }

  /** The parameter that a tensor moves with; the tensor's own name if it is none's companion. */
  public String parameterOf(String tensor) {
    TrainingState.Companion companion = companions.get(tensor);
    return companion == null ? tensor : companion.parameter();
  }

  /** Elements of a tensor. */
  public long elements(String tensor) {
    return axes(tensor).stream().mapToLong(Axis::length).reduce(1, Math::multiplyExact);
  }

  /** Whether a tensor only goes with a parameter. */
  public boolean isCompanion(String tensor) {
    return companions.containsKey(tensor);
  }

  private TensorMove move(
      String tensor, TrainingState.Companion companion, GroupPermutations assignment) {
    TensorMove move = move(companion.parameter(), assignment);
    if (move.source().equals(companion.parameter())) {
      return new TensorMove(tensor, move.gathers());
    }
    return new TensorMove(companion.answering(companions, tensor, move.source()), move.gathers());
  }

  /**
   * Where a tensor of the checkpoint takes its elements from, once {@code assignment} is applied.
   * Unlike {@link #gathers} this knows of stacks, whose parts may take from each other.
   */
  public TensorMove move(String tensor, GroupPermutations assignment) {
    TrainingState.Companion companion = companions.get(tensor);
    if (companion != null) {
      return move(tensor, companion, assignment);
    }
    StackedTensor stack = stackOfPart.get(tensor);
    return stack == null
        ? new TensorMove(tensor, gathers(tensor, assignment))
        : stack.move(stack.parts().indexOf(tensor), gathers(stack.name(), assignment));
  }

  /** Every tensor with its axes; the parts of a stack under the stack's name. */
  public Map<String, List<Axis>> axes() {
    return java.util.Collections.unmodifiableMap(axes);
  }

  /**
   * The axes of one tensor, of the whole for a part of a stack; an unknown tensor has none that
   * move.
   */
  public List<Axis> axes(String tensor) {
    String parameter = parameterOf(tensor);
    StackedTensor stack = stackOfPart.get(parameter);
    return axes.getOrDefault(stack == null ? parameter : stack.name(), List.of());
  }

  /**
   * For every index of the axis the unit of {@code groupName} that lies there, or -1.
   *
   * <p>A unit is {@code instance * size + place}; the instance of a nested group counts its
   * ancestors' units.
   */
  public int[] units(Axis axis, String groupName) {
    int[] units = new int[axis.length()];
    if (isPlain(axis) && groupName.equals(axis.segments().get(0).factors().get(0).groupName())) {
      Arrays.setAll(units, i -> i);
      return units;
    }
    Arrays.fill(units, -1);
    int base = 0;
    for (Segment segment : axis.segments()) {
      if (indexOf(segment, groupName) >= 0) {
        int[] own = units(segment, group(groupName));
        System.arraycopy(own, 0, units, base, own.length);
      }
      base += segment.length();
    }
    return units;
  }

  /** For every index of a segment the unit of a group that lies there. */
  private int[] units(Segment segment, Group group) {
    int f = indexOf(segment, group.name());
    int[] units = digits(segment, f);
    int start = segment.factors().get(f).start();
    int[] above = group.parentName() == null ? null : units(segment, group(group.parentName()));
    for (int i = 0; i < units.length; i++) {
      units[i] += start + (above == null ? 0 : above[i] * group.size());
    }
    return units;
  }

  /** For every index of a segment its digit of one factor. */
  private static int[] digits(Segment segment, int f) {
    int stride = stride(segment, f);
    int size = segment.factors().get(f).size();
    int[] digits = new int[segment.length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = i / stride % size;
    }
    return digits;
  }

  /** Indices from one value of a factor's digit to the next. */
  private static int stride(Segment segment, int f) {
    int stride = 1;
    for (int after = f + 1; after < segment.factors().size(); after++) {
      stride *= segment.factors().get(after).size();
    }
    return stride;
  }

  /**
   * The index gather that {@code assignment} makes on this axis: output index i takes from input
   * index {@code gather[i]}. Null when nothing moves.
   */
  public int[] gather(Axis axis, GroupPermutations assignment) {
    if (axis.groups().stream().allMatch(assignment::isIdentity)) {
      return null;
    }
    if (isPlain(axis)) {
      return assignment.unitSources(
          this, group(axis.segments().get(0).factors().get(0).groupName()));
    }
    List<Segment> segments = axis.segments();
    int[] bases = new int[segments.size()];
    Map<String, int[]> homes = homes(axis, bases);
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
        int[] from = digits(segment, f);
        digits[f] = from;
        if (!factor.isFixed()) {
          Group group = group(factor.groupName());
          int[] places = assignment.places(group);
          int[] units = units(segment, group);
          for (int i = 0; i < from.length; i++) {
            from[i] = places[units[i]];
          }
          for (int i = 0; f == sliced && i < from.length; i++) {
            targets[i] = home[from[i]];
            from[i] -= segments.get(targets[i]).factors().get(f).start();
          }
        }
      }
      for (int f = 0; f < digits.length; f++) {
        addDigits(gather, bases[s], digits[f], segments, targets, f);
      }
      for (int i = 0; i < targets.length; i++) {
        gather[bases[s] + i] += bases[targets[i]];
      }
    }
    return gather;
  }

  /** Adds what one digit gives to the index within the segment that each index goes to. */
  private static void addDigits(
      int[] gather, int base, int[] digits, List<Segment> segments, int[] targets, int f) {
    int[] strides = new int[segments.size()];
    Arrays.fill(strides, -1);
    for (int i = 0; i < digits.length; i++) {
      int target = targets[i];
      if (strides[target] < 0) {
        strides[target] = stride(segments.get(target), f);
      }
      gather[base + i] += digits[i] * strides[target];
    }
  }

  /** Whether the axis is all units of one group that has no parent, in order. */
  private boolean isPlain(Axis axis) {
    if (axis.segments().size() != 1 || axis.segments().get(0).factors().size() != 1) {
      return false;
    }
    AxisFactor only = axis.segments().get(0).factors().get(0);
    if (only.isFixed()) {
      return false;
    }
    Group group = group(only.groupName());
    return group.parentName() == null && only.size() == group.size();
  }

  /**
   * The gathers of all axes of a tensor; an entry is null where nothing moves.
   *
   * @throws IllegalArgumentException for a part of a stack: see {@link #move}
   */
  public int[][] gathers(String tensor, GroupPermutations assignment) {
    if (stackOfPart.containsKey(tensor)) {
      throw new IllegalArgumentException("tensor '" + tensor + "' is a part of a stack");
    }
    List<Axis> list = axes(tensor);
    int[][] gathers = new int[list.size()][];
    for (int axis = 0; axis < gathers.length; axis++) {
      gathers[axis] = gather(list.get(axis), assignment);
    }
    return gathers;
  }

  /** For each kind and copy of sliced segments: unit of the sliced group to segment index. */
  private Map<String, int[]> homes(Axis axis, int[] bases) {
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
                segment.kind() + copy, k -> new int[group(factor.groupName()).size()]);
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
      if (!factor.isFixed() && factor.size() < group(factor.groupName()).size()) {
        return f;
      }
    }
    return -1;
  }

  private static int indexOf(Segment segment, String groupName) {
    for (int f = 0; f < segment.factors().size(); f++) {
      if (groupName.equals(segment.factors().get(f).groupName())) {
        return f;
      }
    }
    return -1;
  }

  /** The names of tensors on which {@code groupName} moves something. */
  public List<String> membersOf(String groupName) {
    List<String> members = new ArrayList<>();
    axes.forEach(
        (tensor, list) -> {
          if (list.stream().anyMatch(axis -> axis.groups().contains(groupName))) {
            members.add(tensor);
          }
        });
    return members;
  }

  /**
   * This structure with some groups, and all groups inside them, held still.
   *
   * @param names groups of this structure; others are ignored
   * @param why what their axes say from then on
   */
  public Structure without(Collection<String> names, String why) {
    Set<String> held = new HashSet<>(names);
    List<Group> kept = new ArrayList<>();
    for (Group group : groups.values()) {
      if (held.contains(group.name()) || group.parent().filter(held::contains).isPresent()) {
        held.add(group.name());
      } else {
        kept.add(group);
      }
    }
    LinkedHashMap<String, List<Axis>> changed = new LinkedHashMap<>();
    axes.forEach(
        (tensor, list) ->
            changed.put(tensor, list.stream().map(axis -> axis.without(held, why)).toList()));
    return new Structure(name, kept, changed, stacks, rotary, companions);
  }

  /**
   * This structure for a pair that has some of its tensors only, or has them in other lengths. What
   * is not there says nothing. A group whose units are not all there, or of which a stack misses a
   * part, is held still.
   *
   * @param shapes of the tensors that are there
   * @param why what axes that are held say from then on
   */
  public Structure over(Map<String, Shape> shapes, String why) {
    if (isWhole(shapes)) {
      return this;
    }
    Set<String> held = new HashSet<>();
    Set<String> broken = new HashSet<>();
    for (StackedTensor stack : stacks) {
      if (!shapes.keySet().containsAll(stack.parts())) {
        broken.add(stack.name());
        axes.get(stack.name()).forEach(axis -> held.addAll(axis.groups()));
      }
    }
    axes.forEach((tensor, list) -> held.addAll(misfits(list, shapes.get(tensor))));
    Structure safe = without(held, why);
    LinkedHashMap<String, List<Axis>> kept = new LinkedHashMap<>();
    safe.axes.forEach(
        (tensor, list) -> {
          boolean whole = stacks.stream().anyMatch(s -> s.name().equals(tensor));
          if (whole ? !broken.contains(tensor) : shapes.containsKey(tensor)) {
            kept.put(tensor, whole ? list : resized(list, shapes.get(tensor), why));
          }
        });
    Set<String> used = new HashSet<>();
    kept.values().forEach(list -> list.forEach(axis -> used.addAll(axis.groups())));
    return new Structure(
        name,
        safe.groups.values().stream().filter(group -> used.contains(group.name())).toList(),
        kept,
        stacks.stream().filter(stack -> !broken.contains(stack.name())).toList(),
        rotary.stream().filter(digit -> kept.containsKey(digit.tensor())).toList(),
        companions);
  }

  private boolean isWhole(Map<String, Shape> shapes) {
    return stackOfPart.keySet().stream().allMatch(shapes::containsKey)
        && axes.entrySet().stream()
            .filter(entry -> stacks.stream().noneMatch(s -> s.name().equals(entry.getKey())))
            .allMatch(
                entry -> {
                  Shape shape = shapes.get(entry.getKey());
                  return shape != null && resized(entry.getValue(), shape, "") == entry.getValue();
                });
  }

  /** The groups on axes that are not as long as they should be. */
  private static Set<String> misfits(List<Axis> list, Shape shape) {
    Set<String> misfits = new HashSet<>();
    for (int axis = 0; shape != null && axis < list.size(); axis++) {
      if (list.size() != shape.rank() || list.get(axis).length() != shape.length(axis)) {
        misfits.addAll(list.get(axis).groups());
      }
    }
    return misfits;
  }

  /** Axes in the lengths that are there; the same list if they are as long as they should be. */
  private static List<Axis> resized(List<Axis> list, Shape shape, String why) {
    List<Axis> resized = new ArrayList<>();
    boolean changed = list.size() != shape.rank();
    for (int axis = 0; axis < shape.rank(); axis++) {
      boolean fits = axis < list.size() && list.get(axis).length() == shape.length(axis);
      resized.add(fits ? list.get(axis) : Axis.frozen(shape.intLength(axis), why));
      changed |= !fits;
    }
    return changed ? resized : list;
  }
}
