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
import java.util.TreeSet;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.declared.Architecture.SpaceRule;

/**
 * Looks for mistakes in an architecture file that would make it silently wrong: a tensor described
 * twice, a group that nothing reads, a name that stands for nothing or is never used.
 */
public final class ArchitectureLinter {
  private final Architecture architecture;
  private final Set<String> problems = new LinkedHashSet<>();
  private final SpaceUse use;
  private final AxisLinter axes;

  private ArchitectureLinter(Architecture architecture) {
    this.architecture = architecture;
    this.use = new SpaceUse(architecture, problems);
    this.axes = new AxisLinter(architecture, use, problems);
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
      ArchitectureFit fit = ArchitectureFit.of(architecture, tensors, config);
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
    linter.use.check();
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
    boolean stacks = rule.stack() != null;
    if (stacks && (!open.remove(rule.stack()) || rule.stackAxis() >= rule.axes().size())) {
      problems.add(where + ": stack needs a placeholder of the name and an axis of the tensor");
    }
    open.addAll(rule.chosen().keySet());
    rule.needs().forEach(name -> checkReference(where + ", needs", name));
    for (int axis = 0; axis < rule.axes().size(); axis++) {
      AxisExpression expression = rule.axes().get(axis).expression();
      String place = where + " axis " + axis;
      if (expression != null && axes.checkWords(place, expression, open)) {
        for (List<OpenName> segment : axes.segments(place, expression, rule.chosen())) {
          axes.checkNesting(place, segment);
          use.lies(segment, axis, rule.axes().size() > 1);
        }
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

  private void checkSpace(SpaceRule rule) {
    String where = "space " + rule.template();
    if (rule.space() instanceof Space.Alias alias) {
      axes.checkWords(where, alias.expression(), rule.template().placeholders());
    } else if (rule.space() instanceof Space.Units units) {
      use.sizes(units.size());
      units.readBy().forEach(name -> checkReference(where + ", read_by", name));
      if (units.within() != null) {
        List<SpaceRule> parents = use.rules(OpenName.of(units.within()));
        if (parents.isEmpty()
            || parents.stream().anyMatch(parent -> !(parent.space() instanceof Space.Units))) {
          problems.add(where + ": lies within " + units.within() + ", which is no group");
        }
      }
    } else {
      Space.Frozen frozen = (Space.Frozen) rule.space();
      use.sizes(frozen.size());
      if (frozen.rotary() && frozen.size() == null) {
        problems.add(where + ": rotary dimensions need a size");
      }
    }
  }
}
