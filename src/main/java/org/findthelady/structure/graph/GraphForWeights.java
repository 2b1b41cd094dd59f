package org.findthelady.structure.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * A graph's structure put on the tensors of a checkpoint in another format. Names are mapped
 * exactly, then with what stands in front of them or the separators differing, then by shape where
 * only one tensor of it is left on either side. A group moves only if all its tensors were mapped
 * and no unmapped tensor could belong to it.
 *
 * @param structure over the checkpoint's names
 * @param graphNames for every mapped tensor of the checkpoint its name in the graph
 * @param unmapped tensors of the checkpoint without a counterpart in the graph
 * @param missing tensors of the graph without a counterpart in the checkpoint
 * @param held groups that are held still for that
 */
public record GraphForWeights(
    Structure structure,
    Map<String, String> graphNames,
    List<String> unmapped,
    List<String> missing,
    List<String> held) {

  /**
   * Puts a structure on other tensors.
   *
   * @param graph as traced
   * @param tensors the checkpoint's tensors
   */
  public static GraphForWeights of(Structure graph, Map<String, Shape> tensors) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    graph.axes().forEach((name, axes) -> shapes.put(name, shape(axes)));
    Mapping mapping = new Mapping(new LinkedHashMap<>(tensors), shapes);
    mapping.byKey(name -> name);
    mapping.byKey(name -> plain(name));
    mapping.bySuffix();
    mapping.byShape();
    return mapping.result(graph, tensors);
  }

  private static Shape shape(List<Axis> axes) {
    return Shape.of(axes.stream().mapToLong(Axis::length).toArray());
  }

  /** The name with one kind of separator and without the marks that wrappers add. */
  private static String plain(String name) {
    String plain = name.replace('/', '.').replaceAll(":0$", "");
    return plain.replaceAll("^(module|model|state_dict|_orig_mod)\\.", "");
  }

  private static final class Mapping {
    private final Map<String, Shape> weights;
    private final Map<String, Shape> graph;
    private final Map<String, String> mapped = new LinkedHashMap<>();

    Mapping(Map<String, Shape> weights, Map<String, Shape> graph) {
      this.weights = weights;
      this.graph = graph;
    }

    private void map(String weight, String node) {
      mapped.put(weight, node);
      weights.remove(weight);
      graph.remove(node);
    }

    /** Maps names whose keys are equal and belong to one tensor on either side. */
    void byKey(Function<String, String> key) {
      Map<String, List<String>> left = grouped(weights, key);
      Map<String, List<String>> right = grouped(graph, key);
      left.forEach(
          (k, names) -> {
            List<String> others = right.getOrDefault(k, List.of());
            if (names.size() == 1
                && others.size() == 1
                && weights.get(names.get(0)).equals(graph.get(others.get(0)))) {
              map(names.get(0), others.get(0));
            }
          });
    }

    private static Map<String, List<String>> grouped(
        Map<String, Shape> names, Function<String, String> key) {
      return names.keySet().stream()
          .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    /** Maps names of which one is the other with components in front. */
    void bySuffix() {
      for (String weight : List.copyOf(weights.keySet())) {
        List<String> fitting =
            graph.keySet().stream()
                .filter(node -> graph.get(node).equals(weights.get(weight)))
                .filter(
                    node -> ends(plain(weight), plain(node)) || ends(plain(node), plain(weight)))
                .toList();
        boolean onlyOne =
            fitting.size() == 1
                && weights.keySet().stream()
                        .filter(w -> weights.get(w).equals(weights.get(weight)))
                        .filter(
                            w ->
                                ends(plain(w), plain(fitting.get(0)))
                                    || ends(plain(fitting.get(0)), plain(w)))
                        .count()
                    == 1;
        if (onlyOne) {
          map(weight, fitting.get(0));
        }
      }
    }

    private static boolean ends(String longer, String shorter) {
      return longer.endsWith("." + shorter);
    }

    /** Maps tensors that are alone of their shape on either side. */
    void byShape() {
      Map<Shape, List<String>> left =
          weights.keySet().stream()
              .collect(
                  Collectors.groupingBy(weights::get, LinkedHashMap::new, Collectors.toList()));
      Map<Shape, List<String>> right =
          graph.keySet().stream()
              .collect(Collectors.groupingBy(graph::get, LinkedHashMap::new, Collectors.toList()));
      left.forEach(
          (shape, names) -> {
            List<String> others = right.getOrDefault(shape, List.of());
            if (names.size() == 1 && others.size() == 1 && shape.elements() > 1) {
              map(names.get(0), others.get(0));
            }
          });
    }

    GraphForWeights result(Structure structure, Map<String, Shape> tensors) {
      Set<String> held = new HashSet<>();
      for (String node : graph.keySet()) {
        structure.axes(node).forEach(axis -> held.addAll(axis.groups()));
      }
      for (Group group : structure.groups()) {
        if (weights.values().stream().anyMatch(group::couldLieOn)) {
          held.add(group.name());
        }
      }
      // Holding a group still holds all groups inside it still.
      Structure safe =
          structure.without(held, "a tensor of its group is not mapped between graph and weights");
      Map<String, List<Axis>> axes = new LinkedHashMap<>();
      tensors.forEach(
          (name, shape) -> {
            String node = mapped.get(name);
            List<Axis> list = new ArrayList<>();
            for (int axis = 0; axis < shape.rank(); axis++) {
              list.add(
                  node != null
                      ? safe.axes(node).get(axis)
                      : Axis.frozen(Math.toIntExact(shape.length(axis)), "not in the graph"));
            }
            axes.put(name, list);
          });
      return new GraphForWeights(
          new Structure(structure.name(), safe.groups(), axes),
          Map.copyOf(mapped),
          List.copyOf(weights.keySet()),
          List.copyOf(graph.keySet()),
          structure.groups().stream()
              .map(Group::name)
              .filter(n -> safe.groups().stream().noneMatch(g -> g.name().equals(n)))
              .toList());
    }
  }
}
