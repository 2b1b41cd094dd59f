package org.findthelady.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;
import org.findthelady.structure.onnx.TracedStructure;

/**
 * Brings a structure that was traced from a graph under the names of a checkpoint in another
 * format: equal names first, then names of which one ends in the other, then shapes that occur once
 * on both sides. A group of which some tensor has no counterpart could only be half moved, so it is
 * frozen.
 */
final class GraphNames {
  private GraphNames() {}

  /**
   * Maps names.
   *
   * @throws UserException if no tensor of the graph has a counterpart
   */
  static Structures map(TracedStructure traced, Checkpoint checkpoint) {
    Map<String, Shape> graph = new TreeMap<>();
    traced
        .structure()
        .axes()
        .forEach(
            (name, axes) ->
                graph.put(name, Shape.of(axes.stream().mapToLong(Axis::length).toArray())));
    Map<String, Shape> stored = new TreeMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      stored.put(tensor.name(), tensor.shape());
    }
    Map<String, String> storedByGraph = new HashMap<>();
    pair(graph, stored, storedByGraph, String::equals);
    pair(graph, stored, storedByGraph, GraphNames::oneEndsInTheOther);
    pairByShape(graph, stored, storedByGraph);
    if (storedByGraph.isEmpty()) {
      throw new UserException(
          "%s: none of the graph's %d tensors has a counterpart"
              .formatted(checkpoint.location().path(), graph.size()));
    }
    return renamed(traced, storedByGraph, graph.keySet(), stored, checkpoint);
  }

  private interface Alike {
    boolean test(String graph, String stored);
  }

  /** Pairs what is left and alike in name and shape, where each has one candidate only. */
  private static void pair(
      Map<String, Shape> graph, Map<String, Shape> stored, Map<String, String> pairs, Alike alike) {
    Map<String, String> found = new HashMap<>();
    Map<String, Integer> taken = new HashMap<>();
    for (Map.Entry<String, Shape> ours : graph.entrySet()) {
      List<String> candidates = new ArrayList<>();
      for (Map.Entry<String, Shape> theirs : stored.entrySet()) {
        if (ours.getValue().equals(theirs.getValue())
            && alike.test(ours.getKey(), theirs.getKey())) {
          candidates.add(theirs.getKey());
        }
      }
      if (candidates.size() == 1) {
        found.put(ours.getKey(), candidates.get(0));
        taken.merge(candidates.get(0), 1, Integer::sum);
      }
    }
    found.forEach(
        (ours, theirs) -> {
          if (taken.get(theirs) == 1) {
            pairs.put(ours, theirs);
            graph.remove(ours);
            stored.remove(theirs);
          }
        });
  }

  private static void pairByShape(
      Map<String, Shape> graph, Map<String, Shape> stored, Map<String, String> pairs) {
    Map<Shape, Integer> inGraph = new HashMap<>();
    graph.values().forEach(shape -> inGraph.merge(shape, 1, Integer::sum));
    Map<String, Shape> once = new TreeMap<>(graph);
    once.values().removeIf(shape -> inGraph.get(shape) > 1);
    List<String> before = List.copyOf(once.keySet());
    pair(once, stored, pairs, (ours, theirs) -> true);
    before.stream().filter(name -> !once.containsKey(name)).forEach(graph::remove);
  }

  private static boolean oneEndsInTheOther(String graph, String stored) {
    return graph.endsWith("." + stored)
        || stored.endsWith("." + graph)
        || graph.endsWith("/" + stored)
        || stored.endsWith("/" + graph);
  }

  private static Structures renamed(
      TracedStructure traced,
      Map<String, String> storedByGraph,
      Set<String> unmappedGraph,
      Map<String, Shape> unmappedStored,
      Checkpoint checkpoint) {
    List<String> notes = new ArrayList<>(traced.notes());
    Structure kept = traced.structure();
    Map<String, String> broken = new TreeMap<>();
    for (String name : unmappedGraph) {
      notes.add("tensor '" + name + "' of the graph has no counterpart in the checkpoint");
      for (Axis axis : kept.axes(name)) {
        axis.groups().forEach(group -> broken.putIfAbsent(group, name));
      }
    }
    for (String name : unmappedStored.keySet()) {
      notes.add("tensor '" + name + "' of the checkpoint is not in the graph");
      if (checkpoint.tensor(name).orElseThrow().dtype().floating()) {
        groupsAsLongAs(unmappedStored.get(name), kept)
            .forEach(group -> broken.putIfAbsent(group, name));
      }
    }
    for (Map.Entry<String, String> entry : broken.entrySet()) {
      String group = entry.getKey();
      notes.add(
          "group %s is frozen: tensor '%s' might belong to it".formatted(group, entry.getValue()));
      if (kept.groups().stream().anyMatch(g -> g.name().equals(group))) {
        kept = kept.without(group);
      }
    }
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    for (Map.Entry<String, List<Axis>> entry : kept.axes().entrySet()) {
      String stored = storedByGraph.get(entry.getKey());
      if (stored != null) {
        axes.put(stored, entry.getValue());
      }
    }
    return new Structures(new Structure(kept.name(), kept.groups(), axes), notes);
  }

  /** Groups on axes as long as one of the shape's: a tensor that is not mapped might carry them. */
  private static Set<String> groupsAsLongAs(Shape shape, Structure structure) {
    Set<Long> lengths = new TreeSet<>();
    for (long length : shape.toArray()) {
      lengths.add(length);
    }
    Set<String> groups = new TreeSet<>();
    for (List<Axis> axes : structure.axes().values()) {
      for (Axis axis : axes) {
        if (lengths.contains((long) axis.length())) {
          groups.addAll(axis.groups());
        }
      }
    }
    return groups;
  }
}
