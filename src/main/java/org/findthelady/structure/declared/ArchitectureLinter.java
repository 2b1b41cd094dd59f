package org.findthelady.structure.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.declared.Architecture.SpaceRule;
import org.findthelady.structure.declared.AxisExpression.Slice;
import org.findthelady.structure.declared.AxisExpression.Word;

/**
 * Looks for mistakes in an architecture file that would make it silently wrong: a tensor described
 * twice, a group that nothing reads, a name that stands for nothing or is never used.
 */
public final class ArchitectureLinter {
  private final Architecture architecture;
  private final Set<String> problems = new LinkedHashSet<>();
  private final Set<SpaceRule> used = new LinkedHashSet<>();
  private final Set<String> usedSizes = new TreeSet<>();
  private final Map<SpaceRule, Set<Integer>> sides = new HashMap<>();
  private final Map<SpaceRule, Integer> places = new HashMap<>();

  private ArchitectureLinter(Architecture architecture) {
    this.architecture = architecture;
  }

  /**
   * The mistakes in a file, in words; none if it is sound.
   *
   * @param file its name, for messages
   * @throws UserException if it breaks the format
   */
  public static List<String> lint(String file, InputStream json) {
    return lint(ArchitectureReader.read(file, json));
  }

  /**
   * The mistakes in a file, and what of a checkpoint that it is meant for does not fit.
   *
   * @param file its name, for messages
   * @param tensors names and shapes of the checkpoint
   * @param config config.json beside it
   * @throws UserException if it breaks the format
   */
  public static List<String> lint(
      String file, InputStream json, Map<String, Shape> tensors, Optional<JsonNode> config) {
    Architecture architecture = ArchitectureReader.read(file, json);
    List<String> problems = new ArrayList<>(lint(architecture));
    if (problems.isEmpty()) {
      Fit fit = Fit.of(architecture, tensors, config);
      if (fit.structure().isEmpty()) {
        problems.add(fit.complaint());
      }
    }
    return problems;
  }

  static List<String> lint(Architecture architecture) {
    ArchitectureLinter linter = new ArchitectureLinter(architecture);
    linter.checkTemplates();
    architecture.tensors().forEach(linter::checkTensor);
    architecture.spaces().forEach(linter::checkSpace);
    linter.checkUse();
    linter.checkSides();
    return List.copyOf(linter.problems);
  }

  private void checkTemplates() {
    List<TensorRule> tensors = architecture.tensors();
    if (tensors.stream().allMatch(TensorRule::optional)) {
      problems.add("no tensor is required, so that any checkpoint would fit");
    }
    overlaps("tensor", tensors.stream().map(TensorRule::template).toList());
    overlaps("space", architecture.spaces().stream().map(SpaceRule::template).toList());
  }

  private void overlaps(String what, List<NameTemplate> templates) {
    Map<String, List<NameTemplate>> alike = new HashMap<>();
    for (NameTemplate template : templates) {
      List<NameTemplate> earlier =
          alike.computeIfAbsent(template.skeleton(), k -> new ArrayList<>());
      earlier.forEach(other -> overlap(what, other, template));
      earlier.add(template);
    }
  }

  private void overlap(String what, NameTemplate one, NameTemplate other) {
    if (one.openNumbers() == other.openNumbers() && one.overlaps(other)) {
      problems.add(
          "%s %s: described again by %s, and neither is more specific".formatted(what, one, other));
    }
  }

  private void checkTensor(TensorRule rule) {
    String where = "tensor " + rule.template();
    Set<String> open = new TreeSet<>(rule.template().placeholders());
    if (rule.stack() != null) {
      if (!open.remove(rule.stack()) || rule.stackAxis() >= rule.axes().size()) {
        problems.add(where + ": stack needs a placeholder of the name and an axis of the tensor");
      }
    }
    open.addAll(rule.chosen().keySet());
    rule.needs().forEach(name -> checkReference(where + ", needs", name));
    for (int axis = 0; axis < rule.axes().size(); axis++) {
      AxisExpression expression = rule.axes().get(axis).expression();
      if (expression != null) {
        String place = where + " axis " + axis;
        if (checkPlaceholders(place, expression, open)) {
          List<List<String>> segments = expand(place, expression, rule.chosen(), new TreeSet<>());
          checkNesting(place, segments);
          note(segments, axis, rule.axes().size() > 1);
        }
        checkSlices(place, expression);
      }
    }
  }

  private void checkReference(String where, String name) {
    NumberedName numbered = NumberedName.of(name);
    OpenName open = OpenName.of(name);
    boolean known =
        architecture.tensors().stream().anyMatch(rule -> rule.template().bind(open) != null);
    if (!known && architecture.tensorsLike(numbered).isEmpty()) {
      problems.add(where + ": no tensor is called " + name);
    }
  }

  private boolean checkPlaceholders(String where, AxisExpression expression, Set<String> open) {
    boolean sound = true;
    for (Word word : expression.words()) {
      for (String name : NameTemplate.placeholdersIn(word.word())) {
        if (!word.word().startsWith("'") && !open.contains(name)) {
          problems.add("%s: nothing fills {%s} of %s".formatted(where, name, word.word()));
          sound = false;
        }
      }
    }
    return sound;
  }

  private void checkSpace(SpaceRule rule) {
    String where = "space " + rule.template();
    if (rule.space() instanceof Space.Alias alias) {
      checkPlaceholders(where, alias.expression(), rule.template().placeholders());
      checkSlices(where, alias.expression());
    } else if (rule.space() instanceof Space.Units units) {
      collect(units.size());
      units.readBy().forEach(name -> checkReference(where + ", read_by", name));
      if (units.within() != null) {
        List<SpaceRule> parents = rules(units.within());
        used.addAll(parents);
        if (parents.isEmpty()
            || parents.stream().anyMatch(parent -> !(parent.space() instanceof Space.Units))) {
          problems.add(where + ": lies within " + units.within() + ", which is no group");
        }
      }
    } else {
      Space.Frozen frozen = (Space.Frozen) rule.space();
      collect(frozen.size());
      if (frozen.rotary() && frozen.size() == null) {
        problems.add(where + ": rotary dimensions need a size");
      }
    }
  }

  private void collect(SizeExpression size) {
    if (size != null) {
      size.collectNames(usedSizes);
    }
  }

  /** The equal parts of a group must all be there, and equally often. */
  private void checkSlices(String where, AxisExpression expression) {
    Map<String, Map<Long, Long>> parts = new TreeMap<>();
    expression
        .segments()
        .forEach(
            terms ->
                terms.forEach(
                    term -> {
                      if (term instanceof Word word && word.slice() != null) {
                        Slice slice = word.slice();
                        if (slice.parts() > 0) {
                          parts
                              .computeIfAbsent(
                                  word.word() + "/" + slice.parts(), k -> new TreeMap<>())
                              .merge(slice.from(), 1L, Long::sum);
                        }
                      }
                    }));
    parts.forEach(
        (name, counts) -> {
          long expected = Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
          if (counts.size() != expected || Set.copyOf(counts.values()).size() != 1) {
            problems.add(where + ": parts of " + name + " are missing or doubled");
          }
        });
  }

  /** Every segment as a list of names, aliases put in. */
  private List<List<String>> expand(
      String where, AxisExpression expression, Map<String, String> indices, Set<String> open) {
    List<List<String>> segments = new ArrayList<>();
    for (List<AxisExpression.Term> terms : expression.segments()) {
      List<List<String>> product = List.of(List.of());
      for (AxisExpression.Term term : terms) {
        List<List<String>> factors =
            term instanceof AxisExpression.Sum sum
                ? expand(where, sum.expression(), indices, open)
                : word(where, (Word) term, indices, open);
        List<List<String>> longer = new ArrayList<>();
        for (List<String> slow : product) {
          for (List<String> fast : factors) {
            List<String> all = new ArrayList<>(slow);
            all.addAll(fast);
            longer.add(all);
          }
        }
        product = longer;
      }
      segments.addAll(product);
    }
    return segments;
  }

  private List<List<String>> word(
      String where, Word word, Map<String, String> indices, Set<String> open) {
    if (Tokens.isNumber(word.word())) {
      return List.of(List.of());
    }
    String name = word.word();
    if (name.startsWith("'")) {
      name = Tokens.unquoted(name);
    } else {
      for (Map.Entry<String, String> index : indices.entrySet()) {
        name = shift(name, index.getKey(), index.getValue());
      }
    }
    List<SpaceRule> rules = rules(name);
    used.addAll(rules);
    if (rules.isEmpty()) {
      usedSizes.add(name);
      if (!architecture.sizes().containsKey(name)) {
        problems.add(where + ": " + name + " is neither a space nor a size");
      }
      return List.of(List.of());
    }
    List<List<String>> segments = new ArrayList<>();
    for (SpaceRule rule : rules) {
      if (rule.space() instanceof Space.Alias alias) {
        if (open.add(name)) {
          segments.addAll(
              expand(where, alias.expression(), rule.template().bind(OpenName.of(name)), open));
          open.remove(name);
        }
      } else {
        segments.add(List.of(name));
      }
    }
    return segments;
  }

  /** Puts an index in the place of a placeholder; an open one keeps its own arithmetic. */
  private static String shift(String name, String placeholder, String index) {
    String exact = name.replace("{" + placeholder + "}", index);
    if (Tokens.isNumber(index)) {
      try {
        return NameTemplate.fill(exact, Map.of(placeholder, index));
      } catch (IllegalArgumentException e) {
        return exact;
      }
    }
    return exact;
  }

  private List<SpaceRule> rules(String name) {
    OpenName open = OpenName.of(name);
    List<SpaceRule> rules =
        architecture.spaces().stream().filter(rule -> rule.template().bind(open) != null).toList();
    Optional<SpaceRule> exact =
        rules.stream().filter(rule -> rule.template().text().equals(name)).findFirst();
    boolean literal = open.indices().stream().allMatch(Tokens::isNumber);
    return literal && exact.isPresent() ? List.of(exact.get()) : rules;
  }

  private void checkNesting(String where, List<List<String>> segments) {
    for (List<String> segment : segments) {
      for (String name : segment) {
        for (SpaceRule rule : rules(name)) {
          if (rule.space() instanceof Space.Units units && units.within() != null) {
            String parent = units.within();
            for (Map.Entry<String, String> index :
                rule.template().bind(OpenName.of(name)).entrySet()) {
              parent = parent.replace("{" + index.getKey() + "}", index.getValue());
            }
            if (!segment.subList(0, segment.indexOf(name)).contains(parent)) {
              problems.add("%s: %s needs %s ahead of it".formatted(where, name, parent));
            }
          }
        }
      }
    }
  }

  private void note(List<List<String>> segments, int axis, boolean matrix) {
    for (List<String> segment : segments) {
      for (String name : segment) {
        for (SpaceRule rule : rules(name)) {
          if (matrix) {
            sides.computeIfAbsent(rule, k -> new TreeSet<>()).add(axis);
            places.merge(rule, 1, Integer::sum);
          }
        }
      }
    }
  }

  private void checkUse() {
    Set<String> reached = new TreeSet<>(usedSizes);
    boolean more = true;
    while (more) {
      Set<String> next = new TreeSet<>(reached);
      for (String size : reached) {
        SizeExpression expression = architecture.sizes().get(size);
        if (expression != null) {
          expression.collectNames(next);
        }
      }
      more = next.size() > reached.size();
      reached = next;
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
    for (SpaceRule rule : architecture.spaces()) {
      if (!used.contains(rule)) {
        problems.add("space " + rule.template() + " is never used");
      }
    }
  }

  private void checkSides() {
    for (SpaceRule rule : architecture.spaces()) {
      if (rule.space() instanceof Space.Units units && used.contains(rule)) {
        Set<Integer> found = sides.getOrDefault(rule, Set.of());
        if (!units.paired() && found.size() < 2) {
          problems.add(
              "space %s lies on axes %s only: what makes it or what reads it is left out"
                  .formatted(rule.template(), found));
        }
        if (units.paired() && places.getOrDefault(rule, 0) < 2) {
          problems.add("space " + rule.template() + " is paired, but lies in one place only");
        }
      }
    }
  }
}
