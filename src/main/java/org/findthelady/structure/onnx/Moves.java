package org.findthelady.structure.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** What an assignment does to elements, worked out without the structure's axes. */
final class Moves {
  private final Grouping grouping;
  private final Assignment assignment;
  private final Map<IntKey, Integer> index;
  private final List<int[]> sources = new ArrayList<>();

  Moves(Structure bare, List<Group> groups, Grouping grouping, Assignment assignment) {
    this.grouping = grouping;
    this.assignment = assignment;
    this.index = grouping.index();
    for (Group group : groups) {
      sources.add(assignment.leafSources(bare, group));
    }
  }

  Assignment assignment() {
    return assignment;
  }

  /** The gather of an axis of these elements: an element's n-th place takes from its source's. */
  int[] gather(int[] elements) {
    Map<Integer, List<Integer>> places = new HashMap<>();
    int[] ranks = new int[elements.length];
    for (int i = 0; i < elements.length; i++) {
      List<Integer> list = places.computeIfAbsent(elements[i], x -> new ArrayList<>());
      ranks[i] = list.size();
      list.add(i);
    }
    int[] gather = new int[elements.length];
    for (int i = 0; i < gather.length; i++) {
      gather[i] = places.get(source(elements[i])).get(ranks[i]);
    }
    return gather;
  }

  private int source(int element) {
    int[] tips = grouping.tips(element);
    if (tips.length == 0) {
      return element;
    }
    int[] moved = tips.clone();
    for (int i = 0; i < moved.length; i += 2) {
      moved[i + 1] = sources.get(tips[i])[tips[i + 1]];
    }
    return index.get(Grouping.key(grouping.label(element), moved));
  }
}
