package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The symbolic coordinates of all traced axes: a union-find forest over integers. Two indices that
 * always move together share a class; a frozen class never moves.
 *
 * <p>Beside classes it keeps three kinds of facts that a permutation of coordinates must respect:
 * which tensor axes carry which coordinates, which axes are parts of others ({@link Selection}) and
 * which coordinates lie inside which others ({@link Nesting}).
 */
public final class Coordinates {
  /** Coordinates of one axis of one stored tensor. */
  public record Carrier(String tensor, int axis, int[] coordinates) {}

  /** {@code part[k]} is {@code whole[index[k]]}; the part is used by position. */
  public record Selection(int[] whole, int[] index, int[] part) {}

  /** {@code joint[q]} lies inside {@code parents[parentOf[q]]}. */
  public record Nesting(int[] joint, int[] parentOf, int[] parents) {}

  private int[] up = new int[1 << 12];
  private String[] why = new String[1 << 12];
  private int size;
  private long work;

  private final Map<String, String> forbidden = new HashMap<>();
  private final Map<String, Carrier> carriers = new HashMap<>();
  private final List<Carrier> carrierOrder = new ArrayList<>();
  private final List<Selection> selections = new ArrayList<>();
  private final List<Nesting> nestings = new ArrayList<>();

  /** {@code count} new coordinates that nothing is known about. */
  public int[] fresh(int count) {
    int[] made = new int[count];
    if (size + count > up.length) {
      int capacity = Math.max(up.length * 2, size + count);
      up = Arrays.copyOf(up, capacity);
      why = Arrays.copyOf(why, capacity);
    }
    for (int i = 0; i < count; i++) {
      made[i] = size;
      up[size] = size;
      size++;
    }
    work += count;
    return made;
  }

  /** The coordinates of a stored tensor's axis, made on first use. */
  int[] of(String tensor, int axis, int length) {
    Carrier carrier =
        carriers.computeIfAbsent(
            axis + ":" + tensor,
            key -> {
              Carrier made = new Carrier(tensor, axis, fresh(length));
              carrierOrder.add(made);
              if (forbidden.containsKey(key)) {
                freeze(made.coordinates(), forbidden.get(key));
              }
              return made;
            });
    return carrier.coordinates();
  }

  /** Freezes a stored tensor's axis without making coordinates for it. */
  public void freeze(String tensor, int axis, String reason) {
    String key = axis + ":" + tensor;
    forbidden.putIfAbsent(key, reason);
    if (carriers.containsKey(key)) {
      freeze(carriers.get(key).coordinates(), reason);
    }
  }

  /** Why an axis was frozen as a whole, or null. */
  public String frozenBecause(String tensor, int axis) {
    return forbidden.get(axis + ":" + tensor);
  }

  /** The representative of a coordinate's class. */
  public int find(int coordinate) {
    int at = coordinate;
    while (up[at] != at) {
      up[at] = up[up[at]];
      at = up[at];
    }
    return at;
  }

  /** From now on the two always move together. */
  public void unite(int a, int b) {
    work++;
    int first = find(a);
    int second = find(b);
    if (first == second) {
      return;
    }
    int root = Math.min(first, second);
    int child = Math.max(first, second);
    up[child] = root;
    if (why[root] == null) {
      why[root] = why[child];
    }
  }

  /** Unites position by position; the same array costs nothing. */
  public void unite(int[] a, int[] b) {
    if (a == b) {
      return;
    }
    if (a.length != b.length) {
      throw new IllegalStateException("axes of " + a.length + " and " + b.length + " indices");
    }
    for (int i = 0; i < a.length; i++) {
      unite(a[i], b[i]);
    }
  }

  /** These never move; the first reason given is kept. */
  public void freeze(int[] coordinates, String reason) {
    for (int coordinate : coordinates) {
      work++;
      int root = find(coordinate);
      if (why[root] == null) {
        why[root] = reason;
      }
    }
  }

  /** Why a class never moves, or null. */
  public String frozenBecause(int coordinate) {
    return why[find(coordinate)];
  }

  void record(Selection selection) {
    work += selection.part().length;
    selections.add(selection);
  }

  void record(Nesting nesting) {
    work += nesting.joint().length;
    nestings.add(nesting);
  }

  public List<Carrier> carriers() {
    return carrierOrder;
  }

  public List<Selection> selections() {
    return selections;
  }

  public List<Nesting> nestings() {
    return nestings;
  }

  public int size() {
    return size;
  }

  /** Elementary steps so far: the measure that must stay linear in the graph. */
  public long work() {
    return work;
  }
}
