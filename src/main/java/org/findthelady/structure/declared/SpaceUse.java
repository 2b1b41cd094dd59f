package org.findthelady.structure.declared;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.structure.declared.Architecture.SpaceRule;

/** Notes which spaces and sizes of a file are used, and on which axes the groups lie. */
final class SpaceUse {
  private final Architecture architecture;
  private final Set<String> problems;
  private final Set<String> doubts;
  private final Set<SpaceRule> used = new LinkedHashSet<>();
  private final Set<String> usedSizes = new TreeSet<>();
  private final Map<SpaceRule, Set<Integer>> sides = new HashMap<>();
  private final Map<SpaceRule, Integer> places = new HashMap<>();

  /**
   * @param problems receives what is found wrong
   * @param doubts receives what is unusual, but may be meant
   */
  SpaceUse(Architecture architecture, Set<String> problems, Set<String> doubts) {
    this.architecture = architecture;
    this.problems = problems;
    this.doubts = doubts;
  }

  /** The spaces that a name can mean; they count as used. */
  List<SpaceRule> rules(OpenName name) {
    List<SpaceRule> rules =
        architecture.spaces().stream().filter(rule -> rule.template().bind(name) != null).toList();
    boolean literal = name.indices().stream().allMatch(Tokens::isNumber);
    List<SpaceRule> exact =
        rules.stream().filter(rule -> literal && rule.template().openNumbers() == 0).toList();
    List<SpaceRule> meant = exact.isEmpty() ? rules : exact;
    used.addAll(meant);
    return meant;
  }

  /** A size is used by name. */
  void size(String name) {
    usedSizes.add(name);
  }

  /** Sizes are used in an expression, which may be null. */
  void sizes(SizeExpression expression) {
    if (expression != null) {
      expression.collectNames(usedSizes);
    }
  }

  /**
   * Names lie on an axis.
   *
   * @param matrix whether the tensor has other axes too, so that it makes or reads units
   */
  void lies(List<OpenName> segment, int axis, boolean matrix) {
    for (OpenName name : segment) {
      for (SpaceRule rule : rules(name)) {
        if (matrix) {
          sides.computeIfAbsent(rule, k -> new TreeSet<>()).add(axis);
          places.merge(rule, 1, Integer::sum);
        }
      }
    }
  }

  /** Looks at all that was noted. */
  void check() {
    checkSizes();
    for (SpaceRule rule : architecture.spaces()) {
      if (!used.contains(rule)) {
        problems.add("space " + rule.template() + " is never used");
      } else if (rule.space() instanceof Space.Units units) {
        checkSides(rule, units);
      }
    }
  }

  private void checkSizes() {
    Set<String> reached = new TreeSet<>();
    Set<String> next = new TreeSet<>(usedSizes);
    while (next.size() > reached.size()) {
      reached = next;
      next = new TreeSet<>(reached);
      for (String size : reached) {
        SizeExpression expression = architecture.sizes().get(size);
        if (expression != null) {
          expression.collectNames(next);
        }
      }
    }
    for (String size : architecture.sizes().keySet()) {
      if (!reached.contains(size)) {
        problems.add("size " + size + " is never used");
      }
    }
    for (String name : reached) {
      if (!name.startsWith("config.") && !architecture.sizes().containsKey(name)) {
        problems.add("size " + name + " is not defined");
      }
    }
  }

  private void checkSides(SpaceRule rule, Space.Units units) {
    Set<Integer> found = sides.getOrDefault(rule, Set.of());
    if (!units.paired() && found.size() < 2) {
      problems.add(
          "space %s lies on axes %s only: what makes it or what reads it is left out"
              .formatted(rule.template(), found));
    }
    if (units.paired() && places.getOrDefault(rule, 0) < 2) {
      doubts.add("space " + rule.template() + " is paired, but lies in one place only");
    }
  }
}
