package org.findthelady.structure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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
    StructureCheck check = new StructureCheck(this.groups);
    this.axes.forEach(
        (tensor, list) -> {
          for (int axis = 0; axis < list.size(); axis++) {
            check.check("tensor '" + tensor + "' axis " + axis, list.get(axis));
          }
        });
    this.stacks = List.copyOf(stacks);
    this.rotary = List.copyOf(rotary);
    stacks.forEach(this::add);
  }

  private void add(StackedTensor stack) {
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
    return new AxisGather(this, axis).units(groupName);
  }

  /**
   * The index gather that {@code assignment} makes on this axis: output index i takes from input
   * index {@code gather[i]}. Null when nothing moves.
   */
  public int[] gather(Axis axis, GroupPermutations assignment) {
    return new AxisGather(this, axis).gather(assignment);
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

  /** The stack of that name. */
  public Optional<StackedTensor> stack(String name) {
    return stacks.stream().filter(stack -> stack.name().equals(name)).findFirst();
  }

  /** The stack that a tensor is a part of. */
  public Optional<StackedTensor> stackOf(String part) {
    return Optional.ofNullable(stackOfPart.get(part));
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
    return new PartialStructure(this, shapes, why).structure();
  }

  /** The same with tensors that it does not name, which stay in place. */
  public Structure naming(Map<String, Shape> tensors) {
    Map<String, List<Axis>> all = new LinkedHashMap<>(axes);
    tensors.forEach(
        (tensor, shape) -> {
          if (stackOf(tensor).isEmpty()) {
            all.computeIfAbsent(
                tensor,
                unnamed ->
                    IntStream.range(0, shape.rank())
                        .mapToObj(i -> Axis.frozen(shape.intLength(i), FreezeReason.NOT_NAMED))
                        .toList());
          }
        });
    return with(groups(), all, stacks, rotary);
  }

  /** Other parts under the same name, with the same companions. */
  Structure with(
      Collection<Group> otherGroups,
      Map<String, List<Axis>> otherAxes,
      Collection<StackedTensor> otherStacks,
      Collection<RotaryDigit> otherRotary) {
    return new Structure(name, otherGroups, otherAxes, otherStacks, otherRotary, companions);
  }
}
