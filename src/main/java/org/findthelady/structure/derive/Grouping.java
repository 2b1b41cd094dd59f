package org.findthelady.structure.derive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Groups read off the coloured elements. Alike elements under nothing that moves make a root group;
 * alike elements inside a unit of a group make a nested one; an element that is alone of its kind
 * inside its parents goes where they go.
 */
final class Grouping {
  /** A group before it has a name; {@code parent} is an index or -1. */
  record Draft(int size, int parent, int instances) {}

  private final CoordinateClasses elements;
  private final Set<Integer> rigid;
  private final List<Draft> drafts = new ArrayList<>();
  private final int[][] tips;
  private final int[][] chains;
  private final int[] labels;
  private final Map<IntKey, Integer> labelIds = new HashMap<>();
  private final List<Integer> misfits = new ArrayList<>();

  /**
   * @param rigid coordinates whose siblings keep their order inside their parent
   */
  Grouping(CoordinateClasses elements, Set<Integer> rigid) {
    this.elements = elements;
    this.rigid = rigid;
    this.tips = new int[elements.count()][];
    this.chains = new int[elements.count()][];
    this.labels = new int[elements.count()];
    build();
  }

  private void build() {
    Map<IntKey, List<Integer>> siblings = new LinkedHashMap<>();
    for (int x = 0; x < tips.length; x++) {
      int[] above = elements.parents(x);
      int[] key = Arrays.copyOf(above, above.length + 1);
      key[above.length] = elements.colour(x);
      siblings.computeIfAbsent(IntKey.of(key), k -> new ArrayList<>()).add(x);
    }
    Map<Integer, List<List<Integer>>> byDepth = new TreeMap<>();
    int[] depth = new int[tips.length];
    for (List<Integer> alike : siblings.values()) {
      byDepth.computeIfAbsent(depth(alike.get(0), depth, 0), d -> new ArrayList<>()).add(alike);
    }
    Map<IntKey, Integer> nested = new HashMap<>();
    byDepth.values().forEach(sets -> sets.forEach(alike -> settle(alike, nested)));
  }

  private int depth(int x, int[] depth, int turns) {
    if (depth[x] == 0) {
      int most = 0;
      for (int p : elements.parents(x)) {
        most = turns > 64 ? most : Math.max(most, depth(p, depth, turns + 1));
      }
      depth[x] = most + 1;
    }
    return depth[x];
  }

  private void settle(List<Integer> alike, Map<IntKey, Integer> nested) {
    alike.sort((a, b) -> Integer.compare(elements.coordinate(a), elements.coordinate(b)));
    int first = alike.get(0);
    int[] above = inherited(first);
    boolean stays = elements.isFrozen(first);
    boolean ordered = alike.stream().anyMatch(x -> rigid.contains(elements.coordinate(x)));
    int group = -1;
    if (!stays && !ordered && alike.size() > 1 && above.length <= 2) {
      group = group(alike.size(), first, above, nested);
    }
    if (hasTwice(above)) {
      misfits.add(first);
    }
    for (int k = 0; k < alike.size(); k++) {
      int x = alike.get(k);
      int[] inherited = x == first ? above : inherited(x);
      int label = group >= 0 ? 0 : k;
      labels[x] = label(elements.colour(x), label);
      if (group < 0) {
        tips[x] = stays ? new int[0] : inherited;
      } else {
        int unit = inherited.length == 0 ? k : inherited[1] * alike.size() + k;
        tips[x] = new int[] {group, unit};
      }
    }
  }

  private int group(int size, int first, int[] above, Map<IntKey, Integer> nested) {
    int parent = above.length == 0 ? -1 : above[0];
    int instances = parent < 0 ? 1 : drafts.get(parent).size() * drafts.get(parent).instances();
    if (parent < 0) {
      drafts.add(new Draft(size, -1, 1));
      return drafts.size() - 1;
    }
    return nested.computeIfAbsent(
        IntKey.of(parent, elements.colour(first)),
        k -> {
          drafts.add(new Draft(size, parent, instances));
          return drafts.size() - 1;
        });
  }

  private int label(int colour, int rank) {
    return labelIds.computeIfAbsent(IntKey.of(colour, rank), k -> labelIds.size());
  }

  /** The tips of an element's parents as (group, unit) pairs by group, ancestors left out. */
  private int[] inherited(int x) {
    TreeMap<Integer, Integer> all = new TreeMap<>();
    boolean twice = false;
    for (int p : elements.parents(x)) {
      int[] tip = tips[p] == null ? new int[0] : tips[p];
      for (int i = 0; i < tip.length; i += 2) {
        Integer other = all.put(tip[i], tip[i + 1]);
        twice |= other != null && other != tip[i + 1];
      }
    }
    for (int group : List.copyOf(all.keySet())) {
      for (int up = drafts.get(group).parent(); up >= 0; up = drafts.get(up).parent()) {
        all.remove(up);
      }
    }
    if (twice) {
      return new int[] {-1, -1};
    }
    int[] pairs = new int[all.size() * 2];
    int i = 0;
    for (Map.Entry<Integer, Integer> entry : all.entrySet()) {
      pairs[i++] = entry.getKey();
      pairs[i++] = entry.getValue();
    }
    return pairs;
  }

  private static boolean hasTwice(int[] pairs) {
    return pairs.length == 2 && pairs[0] < 0;
  }

  /** CoordinateClasses that lie inside two units of one group: no group can say how they move. */
  List<Integer> misfits() {
    return misfits;
  }

  List<Draft> drafts() {
    return drafts;
  }

  /** The units that an element goes with, as (group, unit) pairs by group; empty if it stays. */
  int[] tips(int element) {
    return tips[element];
  }

  /** Tells apart elements that go with the same units. */
  int label(int element) {
    return labels[element];
  }

  /**
   * For every element the one that its places take from; -1 if there is none.
   *
   * @param unitSources for every group the input unit of every output unit
   */
  int[] sources(int[][] unitSources) {
    Map<IntKey, Integer> index = new HashMap<>();
    for (int x = 0; x < tips.length; x++) {
      if (tips[x].length > 0) {
        index.put(key(labels[x], tips[x]), x);
      }
    }
    int[] sources = new int[tips.length];
    for (int x = 0; x < tips.length; x++) {
      int[] moved = tips[x].clone();
      for (int i = 0; i < moved.length; i += 2) {
        moved[i + 1] = unitSources[moved[i]][moved[i + 1]];
      }
      sources[x] = moved.length == 0 ? x : index.getOrDefault(key(labels[x], moved), -1);
    }
    return sources;
  }

  /** (group, unit within its instance) pairs of an element's units and all that hold them. */
  int[] chain(int element) {
    if (chains[element] == null) {
      chains[element] = chainOf(tips[element]);
    }
    return chains[element];
  }

  private int[] chainOf(int[] pairs) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      int group = pairs[i];
      int unit = pairs[i + 1];
      while (group >= 0) {
        int size = drafts.get(group).size();
        all.add(new int[] {group, unit % size});
        unit /= size;
        group = drafts.get(group).parent();
      }
    }
    all.sort((a, b) -> Integer.compare(a[0], b[0]));
    return all.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static IntKey key(int label, int[] tips) {
    int[] key = Arrays.copyOf(tips, tips.length + 1);
    key[tips.length] = label;
    return IntKey.of(key);
  }
}
