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
import org.findthelady.structure.Axis;
import org.findthelady.structure.Factor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
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

  Builder(String name, Sizes sizes, Resolver resolver) {
    this.name = name;
    this.sizes = sizes;
    this.planned = resolver.groups();
  }

  Structure build(Collection<String> tensors, List<Equation> equations) {
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
    return new Structure(name, groups.values(), axes);
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
      throw new Misfit("group " + group.name() + ": no size is given and no shape tells it");
    }
    return Math.toIntExact(size.getAsLong());
  }

  private Axis axis(Equation equation) {
    int length = Math.toIntExact(equation.length());
    Set<String> unknown = equation.unknowns(sizes::size);
    if (equation.isFrozen() || !unknown.isEmpty()) {
      return Axis.frozen(length, why(equation, unknown));
    }
    List<Segment> segments = new ArrayList<>();
    for (List<Digit> digits : equation.segments()) {
      List<Factor> factors = new ArrayList<>();
      for (Digit digit : digits) {
        factor(digit, factors);
      }
      segments.add(new Segment(factors.isEmpty() ? List.of(Factor.fixed(1)) : factors));
    }
    Axis axis = new Axis(segments, "");
    return axis.isFrozen() ? Axis.frozen(length, why(equation, unknown)) : axis;
  }

  private void factor(Digit digit, List<Factor> factors) {
    int size = Math.toIntExact(Equation.size(digit, sizes::size));
    if (digit instanceof Digit.Open open && open.group() != null) {
      Group group = groups.get(open.group());
      if (group != null) {
        factors.add(Factor.slice(group, start(open, size), size));
      } else if (frozen.containsKey(open.group())) {
        factors.add(Factor.fixed(size));
      }
    } else {
      factors.add(Factor.fixed(size));
    }
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
