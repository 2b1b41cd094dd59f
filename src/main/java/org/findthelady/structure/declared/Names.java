package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.findthelady.structure.StackedTensor;

/** Finds for every tensor of a checkpoint the template of an architecture that it fits. */
final class Names {
  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

  /**
   * A tensor with its template.
   *
   * @param tensor its name in the checkpoint
   * @param rule what the file says of it
   * @param indices what the placeholders stand for
   */
  record Named(String tensor, TensorRule rule, Map<String, String> indices) {}

  private final List<Named> named = new ArrayList<>();
  private final Map<String, StackedTensor> stacks = new LinkedHashMap<>();
  private final Map<String, TreeMap<Integer, String>> parts = new HashMap<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final Set<String> present;

  Names(Architecture architecture, Collection<String> tensors) {
    Map<String, String> stripped = new LinkedHashMap<>();
    for (String tensor : tensors) {
      String bare = bare(architecture, tensor);
      if (stripped.putIfAbsent(bare, tensor) != null) {
        unexpected.add(tensor);
      }
    }
    Map<String, Set<Map<String, String>>> instances = new HashMap<>();
    stripped.forEach((bare, tensor) -> name(architecture, bare, tensor, instances));
    closeStacks();
    this.present = stripped.keySet();
    findMissing(architecture, instances);
  }

  /** The name as the file gives it: as it is if that fits, else without prefixes. */
  private static String bare(Architecture architecture, String tensor) {
    NumberedName numbered = NumberedName.of(tensor);
    boolean asItIs =
        architecture.tensorsLike(numbered).stream()
            .anyMatch(rule -> rule.template().match(numbered) != null);
    return asItIs ? tensor : strip(tensor, architecture.prefixes());
  }

  private static String strip(String tensor, List<String> prefixes) {
    String bare = tensor;
    for (List<String> list : List.of(WRAPPERS, prefixes)) {
      for (String prefix : list) {
        if (bare.startsWith(prefix)) {
          bare = bare.substring(prefix.length());
        }
      }
    }
    return bare;
  }

  private void name(
      Architecture architecture,
      String bare,
      String tensor,
      Map<String, Set<Map<String, String>>> instances) {
    NumberedName numbered = NumberedName.of(bare);
    TensorRule best = null;
    Map<String, String> bestIndices = null;
    for (TensorRule rule : architecture.tensorsLike(numbered)) {
      Map<String, String> indices = rule.template().match(numbered);
      if (indices != null) {
        instances
            .computeIfAbsent(rule.template().stem(), k -> new LinkedHashSet<>())
            .add(new HashMap<>(indices));
        if (best == null || rule.template().openNumbers() < best.template().openNumbers()) {
          best = rule;
          bestIndices = indices;
        }
      }
    }
    if (best == null) {
      unexpected.add(tensor);
    } else {
      bestIndices.putAll(best.chosen());
      if (best.stack() == null) {
        named.add(new Named(tensor, best, bestIndices));
      } else {
        stack(bare, tensor, best, bestIndices);
      }
    }
  }

  private void stack(String bare, String tensor, TensorRule rule, Map<String, String> indices) {
    int place = Integer.parseInt(indices.get(rule.stack()));
    indices.put(rule.stack(), "{" + rule.stack() + "}");
    String prefix = tensor.substring(0, tensor.length() - bare.length());
    String whole = prefix + NameTemplate.fill(rule.template().text(), indices);
    TreeMap<Integer, String> together =
        parts.computeIfAbsent(
            whole,
            name -> {
              named.add(new Named(name, rule, indices));
              return new TreeMap<>();
            });
    if (together.put(place, tensor) != null) {
      unexpected.add(tensor);
    }
  }

  private void closeStacks() {
    for (Named whole : named) {
      TreeMap<Integer, String> together = parts.get(whole.tensor());
      if (together == null) {
        continue;
      }
      for (int place = 0;
          place < together.lastKey() && together.size() <= together.lastKey();
          place++) {
        if (!together.containsKey(place)) {
          missing.add(whole.tensor().replace("{" + whole.rule().stack() + "}", "" + place));
          break;
        }
      }
      stacks.put(
          whole.tensor(),
          new StackedTensor(
              whole.tensor(), whole.rule().stackAxis(), List.copyOf(together.values())));
    }
  }

  private void findMissing(
      Architecture architecture, Map<String, Set<Map<String, String>>> instances) {
    Set<String> lacking = new LinkedHashSet<>();
    for (Named tensor : named) {
      for (String need : tensor.rule().needs()) {
        String name = NameTemplate.fill(need, tensor.indices());
        if (!present.contains(name)) {
          lacking.add(name);
        }
      }
    }
    for (TensorRule rule : architecture.tensors()) {
      NameTemplate template = rule.template();
      if (rule.optional()) {
        continue;
      }
      if (template.placeholders().isEmpty()) {
        if (!present.contains(template.text())) {
          lacking.add(template.text());
        }
        continue;
      }
      Set<Map<String, String>> together = instances.get(template.stem());
      if (together == null) {
        lacking.add(template.text());
        continue;
      }
      for (Map<String, String> indices : together) {
        String name = NameTemplate.fill(template.text(), indices);
        if (!present.contains(name)) {
          lacking.add(name);
        }
      }
    }
    missing.addAll(lacking);
  }

  /** The tensors that lie end to end, by the name of the whole. */
  Map<String, StackedTensor> stacks() {
    return stacks;
  }

  /** All names, without prefixes. */
  Set<String> present() {
    return present;
  }

  /** The tensors that fit, in the order of the checkpoint. */
  List<Named> named() {
    return named;
  }

  /** The tensors that fit no template. */
  List<String> unexpected() {
    return unexpected;
  }

  /** The names that should be there. */
  List<String> missing() {
    return missing;
  }

  /** The tensors by name, in natural order, whatever the order that they were given in. */
  static <T> Map<String, T> ordered(Map<String, T> tensors) {
    Map<String, T> ordered = new TreeMap<>(NumberedName.ORDER);
    ordered.putAll(tensors);
    return ordered;
  }
}
