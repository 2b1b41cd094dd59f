package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.findthelady.structure.declared.Architecture.SpaceRule;
import org.findthelady.structure.declared.AxisExpression.Sum;
import org.findthelady.structure.declared.AxisExpression.Term;
import org.findthelady.structure.declared.AxisExpression.Word;

/** Looks for mistakes in axis expressions, with indices left open. */
final class AxisLinter {
  private final Architecture architecture;
  private final SpaceUse use;
  private final Set<String> problems;

  /**
   * @param use receives what is used
   * @param problems receives what is found wrong
   */
  AxisLinter(Architecture architecture, SpaceUse use, Set<String> problems) {
    this.architecture = architecture;
    this.use = use;
    this.problems = problems;
  }

  /**
   * Checks placeholders and slices.
   *
   * @param where for messages
   * @param open the placeholders that can be filled
   * @return whether all can
   */
  boolean checkWords(String where, AxisExpression expression, Set<String> open) {
    boolean sound = true;
    for (Word word : expression.words()) {
      for (String name : NameTemplate.placeholdersIn(word.word())) {
        if (!word.word().startsWith("'") && !open.contains(name)) {
          problems.add("%s: nothing fills {%s} of %s".formatted(where, name, word.word()));
          sound = false;
        }
      }
    }
    checkSlices(where, expression);
    return sound;
  }

  /** The equal parts of a group must all be there, and equally often. */
  private void checkSlices(String where, AxisExpression expression) {
    Map<String, Map<Long, Long>> parts = new TreeMap<>();
    for (List<Term> terms : expression.segments()) {
      for (Term term : terms) {
        if (term instanceof Word word && word.slice() != null && word.slice().parts() > 0) {
          parts
              .computeIfAbsent(word.word() + "/" + word.slice().parts(), k -> new TreeMap<>())
              .merge(word.slice().from(), 1L, Long::sum);
        }
      }
    }
    parts.forEach(
        (name, counts) -> {
          long expected = Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
          if (counts.size() != expected || Set.copyOf(counts.values()).size() != 1) {
            problems.add(where + ": parts of " + name + " are missing or doubled");
          }
        });
  }

  /** Every segment as a list of names, aliases put in. */
  List<List<OpenName>> segments(
      String where, AxisExpression expression, Map<String, String> indices) {
    return expand(where, expression, indices, new TreeSet<>());
  }

  private List<List<OpenName>> expand(
      String where, AxisExpression expression, Map<String, String> indices, Set<String> inside) {
    List<List<OpenName>> segments = new ArrayList<>();
    for (List<Term> terms : expression.segments()) {
      List<List<OpenName>> product = List.of(List.of());
      for (Term term : terms) {
        product =
            times(
                product,
                term instanceof Sum sum
                    ? expand(where, sum.expression(), indices, inside)
                    : word(where, (Word) term, indices, inside));
      }
      segments.addAll(product);
    }
    return segments;
  }

  private static List<List<OpenName>> times(List<List<OpenName>> left, List<List<OpenName>> right) {
    List<List<OpenName>> product = new ArrayList<>();
    for (List<OpenName> slow : left) {
      for (List<OpenName> fast : right) {
        List<OpenName> all = new ArrayList<>(slow);
        all.addAll(fast);
        product.add(all);
      }
    }
    return product;
  }

  private List<List<OpenName>> word(
      String where, Word word, Map<String, String> indices, Set<String> inside) {
    if (Tokens.isNumber(word.word())) {
      return List.of(List.of());
    }
    String written = filled(word.word(), indices);
    OpenName name = OpenName.of(written);
    List<SpaceRule> rules = use.rules(name);
    if (rules.isEmpty()) {
      use.size(Tokens.unquoted(written));
      if (!architecture.sizes().containsKey(Tokens.unquoted(written))) {
        problems.add(where + ": " + written + " is neither a space nor a size");
      }
      return List.of(List.of());
    }
    List<List<OpenName>> segments = new ArrayList<>();
    for (SpaceRule rule : rules) {
      if (!(rule.space() instanceof Space.Alias alias)) {
        segments.add(List.of(name));
      } else if (inside.add(written)) {
        segments.addAll(expand(where, alias.expression(), rule.template().bind(name), inside));
        inside.remove(written);
      }
    }
    return segments;
  }

  /** Puts indices in the place of placeholders; an open one keeps its own arithmetic. */
  private static String filled(String text, Map<String, String> indices) {
    String filled = text;
    for (Map.Entry<String, String> index : indices.entrySet()) {
      if (!text.startsWith("'")) {
        filled = filled.replace("{" + index.getKey() + "}", index.getValue());
      }
    }
    boolean allKnown = indices.keySet().containsAll(NameTemplate.placeholdersIn(filled));
    boolean numbers = indices.values().stream().allMatch(Tokens::isNumber);
    return allKnown && numbers && !text.startsWith("'")
        ? NameTemplate.fill(filled, indices)
        : filled;
  }

  /** Nested units need their parent ahead of them. */
  void checkNesting(String where, List<OpenName> segment) {
    for (int at = 0; at < segment.size(); at++) {
      OpenName name = segment.get(at);
      for (SpaceRule rule : use.rules(name)) {
        if (rule.space() instanceof Space.Units units && units.within() != null) {
          String parent = filled(units.within(), rule.template().bind(name));
          if (!segment.subList(0, at).contains(OpenName.of(parent))) {
            problems.add("%s: %s needs %s ahead of it".formatted(where, name.text(), parent));
          }
        }
      }
    }
  }
}
