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
import org.findthelady.structure.declared.AxisExpression.Sum;
import org.findthelady.structure.declared.AxisExpression.Term;
import org.findthelady.structure.declared.AxisExpression.Word;

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
   * @param paired whether all tensors may carry it on the same axis
   */
  record Planned(String name, String parent, int order, String frozen, boolean paired) {}

  private final Architecture architecture;
  private final Sizes sizes;
  private final Set<String> present;
  private final Map<String, Planned> groups = new LinkedHashMap<>();
  private final Map<String, List<RepeatedSegments>> resolved = new HashMap<>();
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
  List<RepeatedSegments> resolve(
      AxisExpression expression, Map<String, String> indices, String where) {
    List<RepeatedSegments> runs = new ArrayList<>();
    for (List<Term> terms : expression.segments()) {
      List<RepeatedSegments> product = List.of(new RepeatedSegments(List.of(), List.of(List.of())));
      for (Term term : terms) {
        product = times(product, term(term, indices, where));
      }
      runs.addAll(product);
    }
    return runs;
  }

  private List<RepeatedSegments> times(List<RepeatedSegments> left, List<RepeatedSegments> right) {
    List<Digit> single = single(right);
    if (single != null) {
      return left.stream()
          .map(run -> new RepeatedSegments(run.outer(), append(run.inner(), single)))
          .toList();
    }
    List<Digit> outer = single(left);
    if (outer == null || outer.size() > 1) {
      throw wrong("segments can repeat over one digit only");
    }
    if (outer.isEmpty()) {
      return right;
    }
    List<List<Digit>> inner = new ArrayList<>();
    for (RepeatedSegments run : right) {
      if (!run.outer().isEmpty()) {
        throw wrong("segments that repeat cannot repeat again");
      }
      inner.addAll(run.inner());
    }
    return List.of(new RepeatedSegments(outer, inner));
  }

  /** The digits if there is one segment, which stands once; else null. */
  private static List<Digit> single(List<RepeatedSegments> runs) {
    RepeatedSegments first = runs.get(0);
    boolean one = runs.size() == 1 && first.outer().isEmpty() && first.inner().size() == 1;
    return one ? first.inner().get(0) : null;
  }

  private static List<List<Digit>> append(List<List<Digit>> segments, List<Digit> digits) {
    List<List<Digit>> longer = new ArrayList<>();
    for (List<Digit> segment : segments) {
      List<Digit> all = new ArrayList<>(segment);
      all.addAll(digits);
      longer.add(all);
    }
    return longer;
  }

  private static List<RepeatedSegments> one(Digit digit) {
    return List.of(new RepeatedSegments(List.of(), List.of(List.of(digit))));
  }

  private List<RepeatedSegments> term(Term term, Map<String, String> indices, String where) {
    if (term instanceof Sum sum) {
      return resolve(sum.expression(), indices, where);
    }
    Word word = (Word) term;
    if (Tokens.isNumber(word.word())) {
      return one(new Digit.Fixed(Long.parseLong(word.word())));
    }
    String name = NameTemplate.fill(word.word(), indices);
    if (word.slice() != null) {
      String group = group(name).name();
      return one(new Digit.Open(group, word.slice(), group, null, false));
    }
    List<RepeatedSegments> digits = resolved.get(name);
    return digits == null ? named(name, where) : digits;
  }

  private List<RepeatedSegments> named(String name, String where) {
    SpaceRule rule = rule(name);
    List<RepeatedSegments> digits;
    if (rule == null) {
      if (!architecture.sizes().containsKey(name)) {
        throw wrong("'" + name + "' is neither a space nor a size");
      }
      digits = one(new Digit.Open(name, null, null, null, false));
    } else if (rule.space() instanceof Space.Units) {
      digits = one(new Digit.Open(name, null, group(name).name(), null, false));
    } else if (rule.space() instanceof Space.Frozen frozen) {
      if (frozen.size() == null) {
        return one(new Digit.Open(name + " of " + where, null, null, frozen.why(), false));
      }
      sizes.define(name, frozen.size());
      digits = one(new Digit.Open(name, null, null, frozen.why(), frozen.rotary()));
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
      return digits;
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
        new Planned(
            name, parent, rule.order(), read ? null : "outputs of the network", units.paired());
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
