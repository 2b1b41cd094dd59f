package org.findthelady.structure.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An architecture file, read and checked for form. Immutable. */
final class Architecture {
  /**
   * A space as written.
   *
   * @param template its name
   * @param space what it stands for
   * @param order its place in the file
   */
  record SpaceRule(NameTemplate template, Space space, int order) {}

  private final String name;
  private final List<String> modelTypes;
  private final List<String> classNames;
  private final List<String> prefixes;
  private final Map<String, SizeExpression> sizes;
  private final List<SpaceRule> spaces;
  private final List<TensorRule> tensors;
  private final Map<String, List<SpaceRule>> spacesBySkeleton = new HashMap<>();
  private final Map<String, List<TensorRule>> tensorsBySkeleton = new HashMap<>();

  Architecture(
      String name,
      List<String> modelTypes,
      List<String> classNames,
      List<String> prefixes,
      Map<String, SizeExpression> sizes,
      List<SpaceRule> spaces,
      List<TensorRule> tensors) {
    this.name = name;
    this.modelTypes = List.copyOf(modelTypes);
    this.classNames = List.copyOf(classNames);
    this.prefixes = List.copyOf(prefixes);
    this.sizes = new LinkedHashMap<>(sizes);
    this.spaces = List.copyOf(spaces);
    this.tensors = List.copyOf(tensors);
    for (SpaceRule rule : spaces) {
      spacesBySkeleton
          .computeIfAbsent(rule.template().skeleton(), k -> new ArrayList<>())
          .add(rule);
    }
    for (TensorRule rule : tensors) {
      tensorsBySkeleton
          .computeIfAbsent(rule.template().skeleton(), k -> new ArrayList<>())
          .add(rule);
    }
  }

  String name() {
    return name;
  }

  /** Values of config.json's {@code model_type} that mean this architecture. */
  List<String> modelTypes() {
    return modelTypes;
  }

  /** Values of config.json's {@code architectures} that mean this architecture. */
  List<String> classNames() {
    return classNames;
  }

  /** Whether a config.json names this architecture or one of its classes. */
  boolean isMeantBy(JsonNode config) {
    return modelTypes.contains(config.path("model_type").asText()) || hasClassOf(config);
  }

  /** Whether a config.json names one of this architecture's classes. */
  boolean hasClassOf(JsonNode config) {
    for (JsonNode className : config.path("architectures")) {
      if (classNames.contains(className.asText())) {
        return true;
      }
    }
    return false;
  }

  /** What may stand ahead of tensor names. */
  List<String> prefixes() {
    return prefixes;
  }

  /** Named sizes and how they are found. */
  Map<String, SizeExpression> sizes() {
    return sizes;
  }

  List<SpaceRule> spaces() {
    return spaces;
  }

  List<TensorRule> tensors() {
    return tensors;
  }

  /** The spaces whose templates look like this name. */
  List<SpaceRule> spacesLike(NumberedName name) {
    return spacesBySkeleton.getOrDefault(name.skeleton(), List.of());
  }

  /** The tensors whose templates look like this name. */
  List<TensorRule> tensorsLike(NumberedName name) {
    return tensorsBySkeleton.getOrDefault(name.skeleton(), List.of());
  }
}
