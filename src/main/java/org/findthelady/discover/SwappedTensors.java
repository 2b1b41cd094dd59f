package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;

/**
 * Finds tensors that the two sides hold under each other's names, as experts or layers in another
 * order. Names are no evidence: a tensor of which no order is found is held against the others of
 * its shape, under orders that are known, and answers to the one whose slices are its partners.
 */
final class SwappedTensors {
  /** Tensors of a shape that one is held against at most, the nearest by norms first. */
  private static final int MOST_TRIED = 32;

  /** Layouts that are tried on an axis at most. */
  private static final int MOST_LAYOUTS = 16;

  /** Numbers of all tensors in question; more are not read once more for it. */
  private static final long MOST_NUMBERS = 1L << 27;

  private final PairedTensors tensors;
  private final AxisTable table;
  private final AxisSolver solver;
  private final LayoutCandidates candidates;
  private final PlaceAnchors anchors;
  private final Map<String, double[][]> norms = new HashMap<>();

  SwappedTensors(PairedTensors tensors, AxisTable table, AxisSolver solver, PlaceAnchors anchors) {
    this.tensors = tensors;
    this.table = table;
    this.solver = solver;
    this.candidates = new LayoutCandidates(table);
    this.anchors = anchors;
  }

  /** Lets matrices without an order answer to others; returns whether any does. */
  boolean findMatrices() throws IOException {
    Map<Shape, List<String>> alike = new LinkedHashMap<>();
    long numbers = 0;
    for (String tensor : tensors.names()) {
      int unknown = table.unknown(tensor).size();
      if ((unknown == 1 || unknown == 2)
          && table.shortAxes(tensor).isEmpty()
          && !solver.isVector(table.unknown(tensor).get(0))) {
        alike.computeIfAbsent(table.shape(tensor), k -> new ArrayList<>()).add(tensor);
        numbers += table.shape(tensor).elements();
      }
    }
    boolean changed = false;
    if (!table.known().isEmpty() && numbers <= MOST_NUMBERS) {
      for (List<String> some : alike.values()) {
        changed |= some.size() > 1 && pair(some);
      }
    }
    return changed;
  }

  /** A tensor of the suspect, and how clearly one of the reference answers to it. */
  private record Partner(String theirs, double standOut) {}

  private boolean pair(List<String> alike) throws IOException {
    Map<String, String> pairs = new LinkedHashMap<>();
    Set<String> free = new HashSet<>();
    alike.forEach(tensor -> free.add(tensors.theirs(tensor)));
    for (String our : alike) {
      Partner partner = partner(our, free);
      if (partner != null) {
        pairs.put(our, partner.theirs());
        free.remove(partner.theirs());
      }
    }
    if (pairs.entrySet().stream().allMatch(p -> tensors.theirs(p.getKey()).equals(p.getValue()))) {
      return false;
    }
    List<String> left = new ArrayList<>(alike);
    left.removeAll(pairs.keySet());
    for (String our : left) {
      String own = tensors.theirs(our);
      String other = free.contains(own) ? own : free.stream().sorted().findFirst().orElseThrow();
      free.remove(other);
      pairs.put(our, other);
    }
    pairs.forEach(tensors::answer);
    return true;
  }

  /** The tensor whose slices are clearly the partners of one; null if there is none. */
  private Partner partner(String our, Set<String> free) throws IOException {
    Partner best = null;
    double usual = 1;
    List<String> tried = nearest(our, free);
    for (String their : tried) {
      double standOut = standOut(our, their);
      if (standOut >= Thresholds.TOLD_STAND_OUT) {
        return new Partner(their, standOut);
      }
      if (best == null || standOut > best.standOut()) {
        usual = best == null ? 1 : best.standOut();
        best = new Partner(their, standOut);
      } else {
        usual = Math.max(usual, standOut);
      }
    }
    if (best == null || best.standOut() < Thresholds.PAIR_AHEAD * usual) {
      return null;
    }
    int slices = table.unknown(our).stream().mapToInt(table::length).max().orElseThrow();
    double chance =
        Chance.ofStandOut(best.standOut(), usual, slices)
            + Math.log(2.0 * MOST_LAYOUTS * tried.size());
    return chance < Thresholds.ORDER_LOG_P ? best : null;
  }

  /** By what no order changes; its own name first, so that nothing is exchanged in vain. */
  private List<String> nearest(String our, Set<String> free) throws IOException {
    Map<String, Double> distances = new HashMap<>();
    String own = tensors.theirs(our);
    for (String their : free) {
      distances.put(their, their.equals(own) ? -1 : distance(norms(our, null), norms(our, their)));
    }
    return free.stream()
        .sorted(Comparator.comparingDouble((String t) -> distances.get(t)).thenComparing(t -> t))
        .limit(MOST_TRIED)
        .toList();
  }

  /** Sorted sums of squares of a tensor of the reference, or of one that could answer to it. */
  private double[][] norms(String our, String their) throws IOException {
    String key = their == null ? "a" + our : "b" + their;
    double[][] known = norms.get(key);
    if (known == null) {
      String before = tensors.theirs(our);
      tensors.answer(our, their == null ? before : their);
      known = anchors.norms(their != null, our);
      tensors.answer(our, before);
      for (double[] along : known) {
        Arrays.sort(along);
      }
      norms.put(key, known);
    }
    return known;
  }

  private static double distance(double[][] a, double[][] b) {
    double sum = 0;
    for (int axis = 0; axis < a.length; axis++) {
      for (int k = 0; k < a[axis].length; k++) {
        double difference = Math.sqrt(a[axis][k]) - Math.sqrt(b[axis][k]);
        sum += difference * difference;
      }
    }
    return sum;
  }

  /**
   * How clearly slices of two tensors are partners, under the best of the orders that are known.
   */
  private double standOut(String our, String their) throws IOException {
    String before = tensors.theirs(our);
    tensors.answer(our, their);
    try {
      List<TensorAxis> unknown = table.unknown(our);
      double best = 0;
      for (TensorAxis axis : unknown) {
        for (Map<TensorAxis, OrderLayout> instead : around(axis, unknown)) {
          RowScores scores = solver.sample(axis, instead);
          best = Math.max(best, scores == null ? 0 : scores.standOut());
          if (best >= Thresholds.TOLD_STAND_OUT) {
            return best;
          }
        }
      }
      return best;
    } finally {
      tensors.answer(our, before);
    }
  }

  private List<Map<TensorAxis, OrderLayout>> around(TensorAxis axis, List<TensorAxis> unknown) {
    for (TensorAxis other : unknown) {
      if (!other.equals(axis)) {
        List<OrderLayout> plain = candidates.plain(table.length(other));
        List<OrderLayout> some =
            new ArrayList<>(plain.subList(0, Math.min(plain.size() - 1, MOST_LAYOUTS)));
        some.add(plain.get(plain.size() - 1));
        return some.stream().map(layout -> Map.of(other, layout)).toList();
      }
    }
    return List.of(Map.of());
  }

  /**
   * Lets vectors answer to others of their length that hold the very numbers, in an order that is
   * known; returns whether any does.
   */
  boolean findVectors() throws IOException {
    Map<Integer, List<TensorAxis>> byLength = new LinkedHashMap<>();
    for (String tensor : tensors.names()) {
      for (TensorAxis axis : table.axes(tensor)) {
        if (solver.isVector(axis) && exact(axis, tensors.theirs(tensor)) == null) {
          byLength.computeIfAbsent(table.length(axis), k -> new ArrayList<>()).add(axis);
        }
      }
    }
    boolean changed = false;
    for (List<TensorAxis> some : byLength.values()) {
      changed |= some.size() > 1 && some.size() <= MOST_TRIED * MOST_LAYOUTS && exchange(some);
    }
    return changed;
  }

  private boolean exchange(List<TensorAxis> axes) throws IOException {
    Map<TensorAxis, String> pairs = new LinkedHashMap<>();
    Set<String> free = new HashSet<>();
    axes.forEach(axis -> free.add(tensors.theirs(axis.tensor())));
    for (TensorAxis axis : axes) {
      for (String their : free.stream().sorted().toList()) {
        if (exact(axis, their) != null) {
          pairs.put(axis, their);
          free.remove(their);
          break;
        }
      }
    }
    if (pairs.isEmpty()) {
      return false;
    }
    for (TensorAxis axis : axes) {
      String own = tensors.theirs(axis.tensor());
      if (!pairs.containsKey(axis)) {
        String other = free.contains(own) ? own : free.stream().sorted().findFirst().orElseThrow();
        free.remove(other);
        pairs.put(axis, other);
      }
    }
    pairs.forEach(
        (axis, their) -> {
          tensors.answer(axis.tensor(), their);
          table.forget(axis);
        });
    return true;
  }

  /** The layout under which two vectors are the same numbers beyond chance; null if none is. */
  private OrderLayout exact(TensorAxis axis, String their) throws IOException {
    String before = tensors.theirs(axis.tensor());
    tensors.answer(axis.tensor(), their);
    try {
      VectorPair pair = solver.vectors(axis);
      List<OrderLayout> layouts = new ArrayList<>(candidates.plain(table.length(axis)));
      AxisTable.Known known = table.known(axis);
      if (known != null) {
        layouts.add(0, known.layout());
      }
      for (OrderLayout layout : layouts) {
        if (pair.isExact(layout.sources())) {
          return layout;
        }
      }
      return null;
    } finally {
      tensors.answer(axis.tensor(), before);
    }
  }
}
