package org.findthelady.structure.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/**
 * One checkpoint held against one architecture.
 *
 * @param architecture its name
 * @param matched number of tensors that fit a template
 * @param unexpected tensors that fit none
 * @param missing names that should be there
 * @param contradictions shapes that do not fit
 * @param structure the result if there is no complaint
 */
record ArchitectureFit(
    String architecture,
    int matched,
    List<String> unexpected,
    List<String> missing,
    List<String> contradictions,
    Optional<Structure> structure) {
  private static final int SHOWN = 4;

  /** Holds a checkpoint's shapes against an architecture. */
  static ArchitectureFit of(
      Architecture architecture, Map<String, Shape> tensors, Optional<JsonNode> config) {
    Map<String, Shape> ordered = Names.ordered(tensors);
    Names names = new Names(architecture, ordered.keySet());
    List<String> contradictions = new ArrayList<>();
    Optional<Structure> structure = Optional.empty();
    if (2 * names.named().size() >= tensors.size()) {
      Sizes sizes =
          new Sizes(
              config, config.filter(architecture::isMeantBy).isPresent(), architecture.sizes());
      Resolver resolver = new Resolver(architecture, sizes, names.present());
      List<Equation> equations = new ArrayList<>();
      for (Names.Named named : names.named()) {
        StackedTensor stack = names.stacks().get(named.tensor());
        Shape shape =
            stack == null ? ordered.get(named.tensor()) : whole(stack, ordered, contradictions);
        if (shape != null) {
          equate(named, shape, resolver, equations, contradictions);
        }
      }
      sizes.solve(equations);
      contradictions.addAll(sizes.contradictions());
      if (contradictions.isEmpty()
          && names.unexpected().isEmpty()
          && names.missing().isEmpty()
          && !tensors.isEmpty()) {
        try {
          structure =
              Optional.of(
                  new Builder(architecture.name(), sizes, resolver)
                      .build(wholes(names), names.stacks().values(), equations));
        } catch (ArchitectureMismatch | ArithmeticException | IllegalArgumentException e) {
          contradictions.add(e.getMessage());
        }
      }
    }
    return new ArchitectureFit(
        architecture.name(),
        names.named().size(),
        names.unexpected(),
        names.missing(),
        contradictions,
        structure);
  }

  private static List<String> wholes(Names names) {
    return names.named().stream().map(Names.Named::tensor).toList();
  }

  /** The shape of all parts together, or null if they cannot be. */
  private static Shape whole(
      StackedTensor stack, Map<String, Shape> tensors, List<String> contradictions) {
    Shape first = tensors.get(stack.parts().get(0));
    for (String part : stack.parts()) {
      Shape shape = tensors.get(part);
      if (!shape.equals(first)) {
        contradictions.add(
            "tensor '%s': shape %s, but '%s' of the same stack has %s"
                .formatted(part, shape, stack.parts().get(0), first));
        return null;
      }
    }
    long[] lengths = new long[first.rank()];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = first.length(axis);
    }
    if (stack.axis() < lengths.length) {
      lengths[stack.axis()] =
          Math.multiplyExact(lengths[stack.axis()], (long) stack.parts().size());
    }
    return Shape.of(lengths);
  }

  private static void equate(
      Names.Named named,
      Shape shape,
      Resolver resolver,
      List<Equation> equations,
      List<String> contradictions) {
    List<TensorRule.AxisRule> axes = named.rule().axes();
    if (axes.size() != shape.rank()) {
      contradictions.add(
          "tensor '%s': shape %s has %d axes, the architecture says %d"
              .formatted(named.tensor(), shape, shape.rank(), axes.size()));
      return;
    }
    for (int axis = 0; axis < axes.size(); axis++) {
      TensorRule.AxisRule rule = axes.get(axis);
      String where = named.tensor() + " axis " + axis;
      List<RepeatedSegments> runs =
          rule.frozen() != null
              ? List.of(frozen("length of " + where, rule.frozen()))
              : resolver.resolve(rule.expression(), named.indices(), where);
      if (shape.length(axis) > Integer.MAX_VALUE) {
        contradictions.add(
            "tensor '%s' axis %d: length %d is above %d"
                .formatted(named.tensor(), axis, shape.length(axis), Integer.MAX_VALUE));
      } else {
        equations.add(new Equation(named.tensor(), axis, rule.text(), runs, shape.length(axis)));
      }
    }
  }

  private static RepeatedSegments frozen(String variable, String why) {
    return new RepeatedSegments(
        List.of(), List.of(List.of(new Digit.Open(variable, null, null, why, false))));
  }

  /** How far from a fit; 0 is a fit. */
  int distance() {
    return unexpected.size() + missing.size() + contradictions.size();
  }

  /** What did not fit, the first few of each kind. */
  String complaint() {
    List<String> parts = new ArrayList<>();
    tell(parts, unexpected, "unexpected");
    tell(parts, missing, "missing");
    tell(parts, contradictions, "of wrong shape");
    return architecture
        + " ("
        + matched
        + " tensors fit): "
        + (parts.isEmpty() ? "no tensors" : String.join("; ", parts));
  }

  private static void tell(List<String> parts, List<String> names, String what) {
    if (!names.isEmpty()) {
      int more = names.size() - SHOWN;
      parts.add(
          names.size()
              + " "
              + what
              + ": "
              + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
              + (more > 0 ? " and " + more + " more" : ""));
    }
  }
}
