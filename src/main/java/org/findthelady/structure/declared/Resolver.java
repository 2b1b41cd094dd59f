package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.UserException;
import org.findthelady.structure.declared.Architecture.SpaceRule;
import org.findthelady.structure.declared.AxisExpression.Term;

/**
 * Puts digits in the place of names. Every group that is met is kept with its parent; every size is
 * handed to {@link Sizes}.
 */
final class Resolver {
  /**
   * A group that some axis names.
   *
   * @param name placeholders filled
   * @param parent the group that each holds one of this, or null
   * @param order place of its space in the file
   * @param frozen why it must stay in place, or null
   */
  record Planned(String name, String parent, int order, String frozen) {}

  private final Architecture architecture;
  private final Sizes sizes;
  private final Set<String> present;
  private final Map<String, Planned> groups = new LinkedHashMap<>();
  private final Map<String, List<List<Digit>>> resolved = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  /**
   * @param present the names of the tensors that are there, without prefixes
   */
  Resolver(Architecture architecture, Sizes sizes, Set<String> present) {
    this.architecture = architecture;
    this.present = present;
    this.sizes = sizes;
  }

  /** The groups met so far. */
  Map<String, Planned> groups() {
    return groups;
  }

  /**
   * The digits of an axis.
   *
   * @param where stands for this axis alone
   * @throws UserException if a name stands for nothing
   */
  List<List<Digit>> resolve(AxisExpression expression, Map<String, String> indices, String where) {
    List<List<Digit>> segments = new ArrayList<>();
    for (List<Term> terms : expression.segments()) {
      List<List<Digit>> product = List.of(List.of());
      for (Term term : terms) {
        product = times(product, term(term, indices, where));
      }
      segments.addAll(product);
    }
    return segments;
  }

  private List<List<Digit>> times(List<List<Digit>> left, List<List<Digit>> right) {
    boolean first = left.size() == 1 && left.get(0).isEmpty();
    if (right.size() > 1 && !first) {
      throw wrong("a space of several segments may only be the first digit of a product");
    }
    List<List<Digit>> product = new ArrayList<>();
    for (List<Digit> slow : left) {
      for (List<Digit> fast : right) {
        List<Digit> digits = new ArrayList<>(slow);
        digits.addAll(fast);
        product.add(digits);
      }
    }
    return product;
  }

  private List<List<Digit>> term(Term term, Map<String, String> indices, String where) {
    if (Tokens.isNumber(term.word())) {
      return List.of(List.of(new Digit.Fixed(Long.parseLong(term.word()))));
    }
    String name = Tokens.unquoted(NameTemplate.fill(term.word(), indices));
    if (term.slice() != null) {
      Planned group = group(name);
      return List.of(List.of(new Digit.Open(group.name(), term.slice(), group.name(), null)));
    }
    List<List<Digit>> digits = resolved.get(name);
    if (digits == null) {
      digits = named(name, where);
    }
    return digits;
  }

  private List<List<Digit>> named(String name, String where) {
    SpaceRule rule = rule(name);
    List<List<Digit>> digits;
    if (rule == null) {
      if (!architecture.sizes().containsKey(name)) {
        throw wrong("'" + name + "' is neither a space nor a size");
      }
      digits = List.of(List.of(new Digit.Open(name, null, null, null)));
    } else if (rule.space() instanceof Space.Units) {
      digits = List.of(List.of(new Digit.Open(name, null, group(name).name(), null)));
    } else if (rule.space() instanceof Space.Frozen frozen) {
      if (frozen.size() == null) {
        return List.of(List.of(new Digit.Open(name + " of " + where, null, null, frozen.why())));
      }
      sizes.define(name, frozen.size());
      digits = List.of(List.of(new Digit.Open(name, null, null, frozen.why())));
    } else {
      if (!open.add(name)) {
        throw wrong("space '" + name + "' stands for itself");
      }
      digits =
          resolve(
              ((Space.Alias) rule.space()).expression(),
              rule.template().match(NumberedName.of(name)),
              where);
      open.remove(name);
    }
    resolved.put(name, digits);
    return digits;
  }

  private Planned group(String name) {
    Planned known = groups.get(name);
    if (known != null) {
      return known;
    }
    SpaceRule rule = rule(name);
    if (rule == null || !(rule.space() instanceof Space.Units units)) {
      throw wrong("'" + name + "' is no group");
    }
    String parent = null;
    if (units.within() != null) {
      String text = NameTemplate.fill(units.within(), rule.template().match(NumberedName.of(name)));
      if (text.equals(name) || !open.add(name)) {
        throw wrong("group '" + name + "' lies within itself");
      }
      parent = group(text).name();
      open.remove(name);
    }
    if (units.size() != null) {
      sizes.define(name, units.size());
    }
    boolean read = units.readBy().isEmpty() || units.readBy().stream().anyMatch(present::contains);
    Planned planned =
        new Planned(name, parent, rule.order(), read ? null : "outputs of the network");
    groups.put(name, planned);
    return planned;
  }

  private SpaceRule rule(String name) {
    NumberedName numbered = NumberedName.of(name);
    SpaceRule best = null;
    for (SpaceRule rule : architecture.spacesLike(numbered)) {
      if (rule.template().match(numbered) != null
          && (best == null || rule.template().openNumbers() < best.template().openNumbers())) {
        best = rule;
      }
    }
    return best;
  }

  private UserException wrong(String what) {
    return new UserException("architecture " + architecture.name() + ": " + what);
  }
}
