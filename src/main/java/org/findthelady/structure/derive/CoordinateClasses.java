package org.findthelady.structure.derive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.trace.Coordinates;

/**
 * The classes of coordinates after a walk, numbered densely, with the classes that each lies inside
 * (its parents) and a colour: two elements of one colour look alike from everywhere (the same
 * carriers, the same colours above and below), found by colour refinement.
 */
final class CoordinateClasses {
  private final Coordinates coordinates;
  private final int[] elementOfRoot;
  private final int[] rootOfElement;
  private final int[][] parents;
  private final int[] colours;

  private CoordinateClasses(
      Coordinates coordinates,
      int[] elementOfRoot,
      int[] rootOfElement,
      int[][] parents,
      int[] colours) {
    this.coordinates = coordinates;
    this.elementOfRoot = elementOfRoot;
    this.rootOfElement = rootOfElement;
    this.parents = parents;
    this.colours = colours;
  }

  static CoordinateClasses of(Coordinates coordinates) {
    close(coordinates);
    int[] elementOfRoot = new int[coordinates.size()];
    Arrays.fill(elementOfRoot, -1);
    List<int[]> arrays = arrays(coordinates);
    int[] rootOfElement = new int[coordinates.size()];
    int count = 0;
    for (int[] array : arrays) {
      for (int coordinate : array) {
        int root = coordinates.find(coordinate);
        if (elementOfRoot[root] < 0) {
          rootOfElement[count] = root;
          elementOfRoot[root] = count++;
        }
      }
    }
    CoordinateClasses bare =
        new CoordinateClasses(
            coordinates,
            elementOfRoot,
            Arrays.copyOf(rootOfElement, count),
            new int[count][],
            null);
    int[][] parents = bare.reduced();
    CoordinateClasses nested =
        new CoordinateClasses(coordinates, elementOfRoot, bare.rootOfElement, parents, null);
    return new CoordinateClasses(
        coordinates, elementOfRoot, bare.rootOfElement, parents, nested.refine(arrays));
  }

  /** Every array whose positions matter, each once. */
  private static List<int[]> arrays(Coordinates coordinates) {
    IdentityHashMap<int[], Boolean> seen = new IdentityHashMap<>();
    List<int[]> arrays = new ArrayList<>();
    List<int[]> all = new ArrayList<>();
    coordinates.carriers().forEach(c -> all.add(c.coordinates()));
    coordinates
        .selections()
        .forEach(
            s -> {
              all.add(s.whole());
              all.add(s.part());
            });
    coordinates
        .nestings()
        .forEach(
            n -> {
              all.add(n.parents());
              all.add(n.joint());
            });
    for (int[] array : all) {
      if (seen.put(array, true) == null) {
        arrays.add(array);
      }
    }
    return arrays;
  }

  /**
   * Unites parents that must be one: two of one child in one nesting, and two with the same
   * children.
   */
  private static void close(Coordinates coordinates) {
    boolean changed = true;
    while (changed) {
      changed = false;
      Map<Integer, Map<Integer, Boolean>> children = new LinkedHashMap<>();
      for (Coordinates.Nesting nesting : coordinates.nestings()) {
        Map<Integer, Integer> parentOf = new HashMap<>();
        for (int q = 0; q < nesting.joint().length; q++) {
          int child = coordinates.find(nesting.joint()[q]);
          int parent = coordinates.find(nesting.parents()[nesting.parentOf()[q]]);
          Integer other = parentOf.putIfAbsent(child, parent);
          if (other != null && coordinates.find(other) != parent) {
            coordinates.unite(other, parent);
            changed = true;
          }
          if (child != parent) {
            children.computeIfAbsent(parent, p -> new LinkedHashMap<>()).put(child, true);
          }
        }
      }
      Map<IntKey, Integer> byChildren = new HashMap<>();
      for (Map.Entry<Integer, Map<Integer, Boolean>> entry : children.entrySet()) {
        int[] set =
            entry.getValue().keySet().stream().mapToInt(coordinates::find).sorted().toArray();
        Integer twin = byChildren.putIfAbsent(IntKey.of(set), entry.getKey());
        if (twin != null && coordinates.find(twin) != coordinates.find(entry.getKey())) {
          coordinates.unite(twin, entry.getKey());
          changed = true;
        }
      }
    }
  }

  /** Parents of every element, without those that contain another parent of it. */
  private int[][] reduced() {
    int count = rootOfElement.length;
    List<Map<Integer, Boolean>> up = new ArrayList<>();
    for (int x = 0; x < count; x++) {
      up.add(null);
    }
    for (Coordinates.Nesting nesting : coordinates.nestings()) {
      for (int q = 0; q < nesting.joint().length; q++) {
        int child = of(nesting.joint()[q]);
        int parent = of(nesting.parents()[nesting.parentOf()[q]]);
        if (child != parent) {
          if (up.get(child) == null) {
            up.set(child, new LinkedHashMap<>());
          }
          up.get(child).put(parent, true);
        }
      }
    }
    for (int turn = 0; turn < 8 && reduceOnce(up); turn++) {}
    int[][] result = new int[count][];
    for (int x = 0; x < count; x++) {
      result[x] =
          up.get(x) == null
              ? new int[0]
              : up.get(x).keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    }
    return result;
  }

  private static boolean reduceOnce(List<Map<Integer, Boolean>> up) {
    Map<Integer, Integer> childCount = new HashMap<>();
    Map<Long, Integer> shared = new HashMap<>();
    for (Map<Integer, Boolean> above : up) {
      if (above == null) {
        continue;
      }
      for (int p : above.keySet()) {
        childCount.merge(p, 1, Integer::sum);
        if (above.size() > 1) {
          for (int q : above.keySet()) {
            if (p != q) {
              shared.merge(((long) p << 32) | q, 1, Integer::sum);
            }
          }
        }
      }
    }
    boolean changed = false;
    Map<Integer, Map<Integer, Boolean>> links = new LinkedHashMap<>();
    for (Map<Integer, Boolean> above : up) {
      if (above == null || above.size() < 2) {
        continue;
      }
      for (int p : above.keySet().toArray(Integer[]::new)) {
        for (int q : above.keySet().toArray(Integer[]::new)) {
          boolean within =
              p != q
                  && shared.getOrDefault(((long) p << 32) | q, 0).equals(childCount.get(p))
                  && childCount.get(q) > childCount.get(p);
          if (within) {
            above.remove(q);
            links.computeIfAbsent(p, k -> new LinkedHashMap<>()).put(q, true);
            changed = true;
          }
        }
      }
    }
    links.forEach(
        (p, above) -> {
          if (up.get(p) == null) {
            up.set(p, new LinkedHashMap<>());
          }
          up.get(p).putAll(above);
        });
    return changed;
  }

  private int[] refine(List<int[]> arrays) {
    int count = rootOfElement.length;
    int[] occurrences = new int[count];
    for (int[] array : arrays) {
      for (int coordinate : array) {
        occurrences[of(coordinate)]++;
      }
    }
    int[][] keys = new int[count][];
    int[] filled = new int[count];
    for (int x = 0; x < count; x++) {
      keys[x] = new int[occurrences[x]];
    }
    for (int a = 0; a < arrays.size(); a++) {
      for (int coordinate : arrays.get(a)) {
        int x = of(coordinate);
        keys[x][filled[x]++] = a;
      }
    }
    for (int x = 0; x < count; x++) {
      if (isFrozen(x)) {
        keys[x] = new int[] {-1, x};
      }
    }
    int[][] children = children();
    int[] colour = intern(keys);
    int colours = distinct(colour);
    while (true) {
      int[][] next = new int[count][];
      for (int x = 0; x < count; x++) {
        next[x] = surroundings(colour, x, parents[x], children[x]);
      }
      int[] refined = intern(next);
      int found = distinct(refined);
      if (found == colours) {
        return refined;
      }
      colour = refined;
      colours = found;
    }
  }

  private static int[] surroundings(int[] colour, int x, int[] above, int[] below) {
    int[] key = new int[above.length + below.length + 2];
    key[0] = colour[x];
    for (int i = 0; i < above.length; i++) {
      key[1 + i] = colour[above[i]];
    }
    Arrays.sort(key, 1, 1 + above.length);
    key[1 + above.length] = -1;
    int from = 2 + above.length;
    for (int i = 0; i < below.length; i++) {
      key[from + i] = colour[below[i]];
    }
    Arrays.sort(key, from, key.length);
    return key;
  }

  private int[][] children() {
    int[] counts = new int[parents.length];
    for (int[] above : parents) {
      for (int p : above) {
        counts[p]++;
      }
    }
    int[][] children = new int[parents.length][];
    for (int x = 0; x < children.length; x++) {
      children[x] = new int[counts[x]];
    }
    for (int x = 0; x < children.length; x++) {
      for (int p : parents[x]) {
        children[p][--counts[p]] = x;
      }
    }
    return children;
  }

  private static int[] intern(int[][] keys) {
    Map<IntKey, Integer> known = new HashMap<>();
    int[] ids = new int[keys.length];
    for (int x = 0; x < ids.length; x++) {
      IntKey key = IntKey.of(keys[x]);
      Integer id = known.get(key);
      if (id == null) {
        id = known.size();
        known.put(key, id);
      }
      ids[x] = id;
    }
    return ids;
  }

  private static int distinct(int[] ids) {
    return Arrays.stream(ids).max().orElse(-1) + 1;
  }

  int count() {
    return rootOfElement.length;
  }

  /** The element of a coordinate. */
  int of(int coordinate) {
    return elementOfRoot[coordinates.find(coordinate)];
  }

  int[] of(int[] array) {
    int[] elements = new int[array.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = of(array[i]);
    }
    return elements;
  }

  /** The coordinate that stands for an element. */
  int coordinate(int element) {
    return rootOfElement[element];
  }

  boolean isFrozen(int element) {
    return coordinates.frozenBecause(rootOfElement[element]) != null;
  }

  int[] parents(int element) {
    return parents[element];
  }

  int colour(int element) {
    return colours[element];
  }
}
