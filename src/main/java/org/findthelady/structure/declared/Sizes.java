package org.findthelady.structure.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds the sizes of groups: from config.json, else from the shapes, one equation with one unknown
 * at a time. What neither tells stays unknown; nothing is guessed.
 */
final class Sizes implements SizeExpression.Scope {
  private static final String CONFIG = "config.";

  private final Optional<JsonNode> config;
  private final boolean defaults;
  private final Map<String, Long> known = new HashMap<>();
  private final Map<String, String> origins = new HashMap<>();
  private final LinkedHashMap<String, SizeExpression> definitions = new LinkedHashMap<>();
  private final List<String> contradictions = new ArrayList<>();

  /**
   * @param config config.json, if there is one
   * @param defaults whether config.json is of this architecture, so that what it leaves out has the
   *     value that the file gives
   * @param sizes the named sizes of the architecture
   */
  Sizes(Optional<JsonNode> config, boolean defaults, Map<String, SizeExpression> sizes) {
    this.config = config;
    this.defaults = defaults;
    sizes.forEach(this::define);
  }

  /** Says how a variable follows from others. */
  void define(String variable, SizeExpression expression) {
    definitions.put(variable, expression);
  }

  /** What is known of a variable. */
  OptionalLong size(String variable) {
    Long value = known.get(variable);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** The shapes that no sizes fit, and sizes that differ from their definition. */
  List<String> contradictions() {
    return contradictions;
  }

  /** Finds all that can be found. */
  void solve(List<Equation> equations) {
    List<Equation> pending = new ArrayList<>(equations);
    boolean progress = true;
    while (progress) {
      progress = applyDefinitions();
      List<Equation> left = new ArrayList<>();
      for (Equation equation : pending) {
        if (settle(equation)) {
          progress = true;
        } else {
          left.add(equation);
        }
      }
      pending = left;
    }
    checkDefinitions();
  }

  private boolean settle(Equation equation) {
    Set<String> unknowns = equation.unknowns(this::size);
    if (unknowns.size() > 1) {
      return false;
    }
    try {
      for (String unknown : unknowns) {
        OptionalLong value = equation.solve(unknown, this::size);
        if (value.isEmpty()) {
          return false;
        }
        checkRange(unknown, value.getAsLong());
        set(unknown, value.getAsLong(), equation.where());
      }
      equation.check(this::size);
    } catch (ArchitectureMismatch misfit) {
      contradictions.add(equation.where() + ": " + misfit.getMessage() + because(equation));
    }
    return true;
  }

  private String because(Equation equation) {
    Set<String> reasons = new LinkedHashSet<>();
    for (Digit.Open digit : equation.open()) {
      String origin = origins.get(digit.variable());
      if (origin != null && !origin.equals(equation.where())) {
        reasons.add(digit.variable() + " is " + known.get(digit.variable()) + " by " + origin);
      }
    }
    return reasons.isEmpty() ? "" : " (" + String.join(", ", reasons) + ")";
  }

  private boolean applyDefinitions() {
    boolean any = false;
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Map.Entry<String, SizeExpression> definition : definitions.entrySet()) {
        progress |= apply(definition.getKey(), definition.getValue());
      }
      any |= progress;
    }
    return any;
  }

  private boolean apply(String variable, SizeExpression expression) {
    Long value = known.get(variable);
    if (value == null) {
      OptionalLong found = evaluate(variable, expression);
      found.ifPresent(size -> set(variable, size, origin(expression)));
      return found.isPresent();
    }
    String sole = expression.soleName();
    if (sole != null && !sole.startsWith(CONFIG) && !known.containsKey(sole)) {
      set(sole, value, origins.get(variable));
      return true;
    }
    return false;
  }

  private String origin(SizeExpression expression) {
    Set<String> names = new LinkedHashSet<>();
    expression.collectNames(names);
    for (String name : names) {
      if (name.startsWith(CONFIG) || known.containsKey(name)) {
        return name.startsWith(CONFIG) ? "config.json" : origins.get(name);
      }
    }
    return "the architecture file";
  }

  private OptionalLong evaluate(String variable, SizeExpression expression) {
    Set<String> names = new LinkedHashSet<>();
    expression.collectNames(names);
    if (config.isEmpty() && names.stream().anyMatch(name -> name.startsWith(CONFIG))) {
      return OptionalLong.empty();
    }
    try {
      BigDecimal value = expression.value(this);
      return value == null ? OptionalLong.empty() : OptionalLong.of(whole(variable, value));
    } catch (ArchitectureMismatch misfit) {
      String problem = "size " + variable + ": " + misfit.getMessage();
      if (!contradictions.contains(problem)) {
        contradictions.add(problem);
      }
      return OptionalLong.empty();
    }
  }

  private static long whole(String variable, BigDecimal value) {
    if (value.signum() < 0
        || value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
        || value.remainder(BigDecimal.ONE).signum() != 0) {
      throw new ArchitectureMismatch(variable + " would be " + value.toPlainString());
    }
    return value.longValue();
  }

  @Override
  public boolean defaults() {
    return defaults;
  }

  @Override
  public BigDecimal of(String name) {
    if (name.startsWith(CONFIG)) {
      return configured(name);
    }
    Long value = known.get(name);
    return value == null ? null : BigDecimal.valueOf(value);
  }

  private BigDecimal configured(String name) {
    JsonNode node = config.orElseThrow();
    for (String key : name.substring(CONFIG.length()).split("\\.", -1)) {
      node = node.path(key);
    }
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    double value = node.doubleValue();
    if (!node.isNumber() || !(value >= 0 && value <= Integer.MAX_VALUE)) {
      String text = node.toString();
      throw new ArchitectureMismatch(
          name + " is " + text.substring(0, Math.min(40, text.length())) + ", no size");
    }
    return value == Math.rint(value) ? BigDecimal.valueOf((long) value) : BigDecimal.valueOf(value);
  }

  private static void checkRange(String variable, long value) {
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new ArchitectureMismatch(variable + " would be " + value);
    }
  }

  private void set(String variable, long value, String origin) {
    known.put(variable, value);
    origins.put(variable, origin);
  }

  private void checkDefinitions() {
    definitions.forEach(
        (variable, expression) -> {
          Long value = known.get(variable);
          OptionalLong defined = evaluate(variable, expression);
          if (value != null && defined.isPresent() && defined.getAsLong() != value) {
            contradictions.add(
                "%s is %d by %s, but the architecture says %d"
                    .formatted(variable, value, origins.get(variable), defined.getAsLong()));
          }
        });
  }
}
