package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.FreezeReason;
import org.findthelady.structure.Group;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.Segment;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Resolver.Planned;

/**
 * Makes the structure once the sizes are found. A group whose size is not known is frozen with
 * every group that shares an axis whose parts cannot be told apart without it.
 */
final class Builder {
  private final String name;
  private final Sizes sizes;
  private final Map<String, Planned> planned;
  private final Map<String, String> frozen = new HashMap<>();
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final List<RotaryDigit> rotary = new ArrayList<>();

  Builder(String name, Sizes sizes, Resolver resolver) {
    this.name = name;
    this.sizes = sizes;
    this.planned = resolver.groups();
  }

  /**
   * @param tensors all tensors, with stacks' names in the place of their parts'
   * @param equations one for every axis, slowest first
   */
  Structure build(
      Collection<String> tensors, Collection<StackedTensor> stacks, List<Equation> equations) {
    freeze(equations);
    planned.values().stream()
        .sorted(
            Comparator.comparingInt(Planned::order)
                .thenComparing(Planned::name, NumberedName.ORDER))
        .forEach(this::add);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    tensors.forEach(tensor -> axes.put(tensor, new ArrayList<>()));
    for (Equation equation : equations) {
      axes.get(equation.tensor()).add(axis(equation));
    }
    checkSides(axes);
    return new Structure(name, groups.values(), axes, stacks, rotary);
  }

  /** What some tensor makes another must read: the two carry the units on different axes. */
  private void checkSides(Map<String, List<Axis>> axes) {
    Map<String, Set<Integer>> sides = new HashMap<>();
    for (List<Axis> list : axes.values()) {
      for (int axis = 0; list.size() > 1 && axis < list.size(); axis++) {
        for (String group : list.get(axis).groups()) {
          sides.computeIfAbsent(group, k -> new TreeSet<>()).add(axis);
        }
      }
    }
    for (String group : groups.keySet()) {
      Set<Integer> found = sides.getOrDefault(group, Set.of());
      if (!planned.get(group).paired() && found.size() < 2) {
        throw new ArchitectureMismatch(
            "group %s lies on axes %s only: what makes it or what reads it is not there"
                .formatted(group, found));
      }
    }
  }

  private void freeze(List<Equation> equations) {
    for (Planned group : planned.values()) {
      if (group.frozen() != null) {
        frozen.put(group.name(), group.frozen());
      }
    }
    int before;
    do {
      before = frozen.size();
      for (Equation equation : equations) {
        Set<String> unknown = equation.unknowns(sizes::size);
        if (!unknown.isEmpty()) {
          String why = "size of " + String.join(", ", unknown) + " is not known";
          equation.open().stream()
              .filter(digit -> digit.group() != null)
              .forEach(digit -> frozen.putIfAbsent(digit.group(), why));
        }
      }
      for (Planned group : planned.values()) {
        if (group.parent() != null && frozen.containsKey(group.parent())) {
          frozen.putIfAbsent(group.name(), frozen.get(group.parent()));
        }
      }
    } while (frozen.size() > before);
  }

  private void add(Planned group) {
    if (frozen.containsKey(group.name()) || groups.containsKey(group.name())) {
      return;
    }
    Planned parent = group.parent() == null ? null : planned.get(group.parent());
    while (parent != null && size(parent) == 1) {
      parent = parent.parent() == null ? null : planned.get(parent.parent());
    }
    if (parent != null) {
      add(parent);
    }
    int size = size(group);
    if (size > 1) {
      groups.put(
          group.name(),
          parent == null
              ? Group.root(group.name(), size)
              : Group.within(groups.get(parent.name()), group.name(), size));
    }
  }

  private int size(Planned group) {
    OptionalLong size = sizes.size(group.name());
    if (size.isEmpty()) {
      throw new ArchitectureMismatch(
          "group " + group.name() + ": no size is given and no shape tells it");
    }
    return Math.toIntExact(size.getAsLong());
  }

  private Axis axis(Equation equation) {
    int length = Math.toIntExact(equation.length());
    Set<String> unknown = equation.unknowns(sizes::size);
    if (equation.isFrozen() || !unknown.isEmpty()) {
      if (unknown.isEmpty() && isRotary(equation)) {
        rotary.add(new RotaryDigit(equation.tensor(), equation.axis(), 0, 0));
      }
      String why = why(equation, unknown);
      return unknown.isEmpty()
          ? Axis.frozen(length, why)
          : Axis.frozen(length, FreezeReason.SIZE_NOT_KNOWN, why);
    }
    List<Segment> segments = new ArrayList<>();
    List<RotaryDigit> digits = new ArrayList<>();
    for (RepeatedSegments run : equation.runs()) {
      for (List<AxisFactor> outer : outer(run)) {
        for (List<Digit> inner : run.inner()) {
          segment(equation, outer, inner, segments, digits);
        }
      }
    }
    Axis axis = new Axis(segments, "");
    if (axis.isFrozen()) {
      return Axis.frozen(length, why(equation, unknown));
    }
    rotary.addAll(digits);
    return axis;
  }

  /** Whether the axis has the dimensions of one rotary embedding and nothing else. */
  private static boolean isRotary(Equation equation) {
    return equation.segments().size() == 1
        && equation.segments().get(0).size() == 1
        && equation.segments().get(0).get(0) instanceof Digit.Open open
        && open.rotary()
        && equation.length() % 2 == 0;
  }

  /** The outer digit of a run, one unit at a time; an empty digit for a run that stands once. */
  private List<List<AxisFactor>> outer(RepeatedSegments run) {
    if (run.outer().isEmpty()) {
      return List.of(List.of());
    }
    List<AxisFactor> whole = new ArrayList<>();
    int size = factor(run.outer().get(0), whole);
    List<List<AxisFactor>> units = new ArrayList<>();
    for (int unit = 0; unit < size; unit++) {
      boolean moves = whole.size() == 1 && !whole.get(0).isFixed();
      units.add(
          moves
              ? List.of(new AxisFactor(whole.get(0).groupName(), whole.get(0).start() + unit, 1))
              : List.of());
    }
    return units;
  }

  private void segment(
      Equation equation,
      List<AxisFactor> outer,
      List<Digit> inner,
      List<Segment> segments,
      List<RotaryDigit> digits) {
    List<AxisFactor> factors = new ArrayList<>(outer);
    List<RotaryDigit> found = new ArrayList<>();
    for (Digit digit : inner) {
      if (digit instanceof Digit.Open open
          && open.rotary()
          && Equation.size(open, sizes::size) % 2 == 0) {
        found.add(
            new RotaryDigit(equation.tensor(), equation.axis(), segments.size(), factors.size()));
      }
      if (factor(digit, factors) == 0) {
        return;
      }
    }
    segments.add(new Segment(factors.isEmpty() ? List.of(AxisFactor.fixed(1)) : factors));
    digits.addAll(found);
  }

  /** Adds the digit, unless it has one unit only or none; tells how many it has. */
  private int factor(Digit digit, List<AxisFactor> factors) {
    int size = Math.toIntExact(Equation.size(digit, sizes::size));
    if (digit instanceof Digit.Open open && open.group() != null) {
      Group group = groups.get(open.group());
      if (group != null) {
        factors.add(AxisFactor.slice(group, start(open, size), size));
      } else if (frozen.containsKey(open.group()) && size > 0) {
        factors.add(AxisFactor.fixed(size));
      }
    } else if (size > 0) {
      factors.add(AxisFactor.fixed(size));
    }
    return size;
  }

  private static int start(Digit.Open open, int size) {
    if (open.slice() == null) {
      return 0;
    }
    return Math.toIntExact(
        open.slice().parts() == 0 ? open.slice().from() : open.slice().from() * size);
  }

  private String why(Equation equation, Set<String> unknown) {
    if (!unknown.isEmpty() && !equation.isFrozen()) {
      return "size of " + String.join(", ", unknown) + " is not known";
    }
    Set<String> reasons = new LinkedHashSet<>();
    for (Digit.Open digit : equation.open()) {
      if (digit.why() != null) {
        reasons.add(digit.why());
      } else if (digit.group() != null) {
        reasons.add(frozen.getOrDefault(digit.group(), "one unit"));
      }
    }
    return reasons.isEmpty() ? "declared fixed" : String.join("; ", reasons);
  }
}
