package org.findthelady.discover;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;

/** What is known of every axis that could carry an order, and the orders found so far. */
final class AxisTable {
  /** Axes with fewer places are taken to stay if they may be a kernel's. */
  static final int LEAST_UNITS = 8;

  /** Axes with fewer places are taken to stay in any case: image channels. */
  private static final int LEAST = 6;

  /**
   * Why an axis has its layout.
   *
   * @param logP as {@link Tie#logP()}
   */
  record Known(OrderLayout layout, double logP, String how) {}

  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<TensorAxis, Known> known = new LinkedHashMap<>();
  private final List<UnitOrder> orders = new ArrayList<>();
  private final Set<TensorAxis> admitted = new HashSet<>();
  private int nextId;

  AxisTable(PairedTensors tensors) {
    for (String tensor : tensors.names()) {
      shapes.put(tensor, tensors.shape(tensor));
    }
  }

  Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  int length(TensorAxis axis) {
    return shapes.get(axis.tensor()).intLength(axis.axis());
  }

  /** Axes of a tensor that could carry an order, known or not. */
  List<TensorAxis> axes(String tensor) {
    List<TensorAxis> axes = new ArrayList<>();
    Shape shape = shapes.get(tensor);
    for (int axis = 0; axis < shape.rank(); axis++) {
      TensorAxis place = new TensorAxis(tensor, axis);
      if (isLong(shape, axis) || admitted.contains(place)) {
        axes.add(place);
      }
    }
    return axes;
  }

  private static boolean isLong(Shape shape, int axis) {
    return shape.length(axis) >= (mayBeKernel(shape, axis) ? LEAST_UNITS : LEAST);
  }

  /** Axes that are taken to stay because they are short, and are no kernel's. */
  List<TensorAxis> shortAxes(String tensor) {
    List<TensorAxis> axes = new ArrayList<>();
    Shape shape = shapes.get(tensor);
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.length(axis) > 1 && !isLong(shape, axis) && !mayBeKernel(shape, axis)) {
        axes.add(new TensorAxis(tensor, axis));
      }
    }
    return axes;
  }

  /** Lets a short axis carry an order. */
  void admit(TensorAxis axis) {
    admitted.add(axis);
  }

  /**
   * Whether an axis may hold the positions of a kernel: the last of three, or the first if it is no
   * longer; of more, one of the first or the last two if both are short and no longer than the
   * other two (3 x 3, and 1 x 7 as well).
   */
  private static boolean mayBeKernel(Shape shape, int axis) {
    int rank = shape.rank();
    if (rank <= 3) {
      return rank == 3 && (axis == 2 || (axis == 0 && shape.length(0) <= shape.length(2)));
    }
    boolean first = axis < 2;
    boolean pair = first || axis >= rank - 2;
    long own = first ? side(shape, 0) : side(shape, rank - 2);
    return pair && own < Long.MAX_VALUE && own <= (first ? side(shape, rank - 2) : side(shape, 0));
  }

  /** The length of the longer one of two axes next to each other if it is short; else no limit. */
  private static long side(Shape shape, int axis) {
    long longer = Math.max(shape.length(axis), shape.length(axis + 1));
    return longer < LEAST_UNITS ? longer : Long.MAX_VALUE;
  }

  /** Axes of which nothing is known yet. */
  List<TensorAxis> unknown(String tensor) {
    return axes(tensor).stream().filter(axis -> !known.containsKey(axis)).toList();
  }

  Known known(TensorAxis axis) {
    return known.get(axis);
  }

  Map<TensorAxis, Known> known() {
    return known;
  }

  void settle(TensorAxis axis, OrderLayout layout, double logP, String how) {
    known.put(axis, new Known(layout, Math.min(0, logP), how));
  }

  void forget(TensorAxis axis) {
    known.remove(axis);
  }

  UnitOrder newOrder(int[] source) {
    UnitOrder order = new UnitOrder(nextId++, source);
    orders.add(order);
    return order;
  }

  /** Grows with every order that is found. */
  int newest() {
    return nextId;
  }

  /** The newest order that an axis of that length could carry, or -1. */
  int newestFor(int length) {
    int newest = -1;
    for (UnitOrder order : orders) {
      newest = length % order.size() == 0 ? Math.max(newest, order.id()) : newest;
    }
    return newest;
  }

  List<UnitOrder> orders() {
    return orders;
  }

  /** All orders, those that most axes carry first. */
  List<UnitOrder> mostCarried() {
    Map<UnitOrder, Integer> axes = new HashMap<>();
    for (Known found : known.values()) {
      found.layout().pieces().forEach(piece -> axes.merge(piece.order(), 1, Integer::sum));
    }
    List<UnitOrder> sorted = new ArrayList<>(orders);
    sorted.sort(Comparator.comparingInt(order -> -axes.getOrDefault(order, 0)));
    return sorted;
  }

  /** Layouts of several pieces, all of them known, that axes of that length have. */
  List<OrderLayout> concatenated(int length) {
    return known.values().stream()
        .map(Known::layout)
        .filter(layout -> layout.pieces().size() > 1 && layout.length() == length)
        .filter(layout -> layout.pieces().stream().noneMatch(p -> p.kind() == Piece.Kind.UNKNOWN))
        .distinct()
        .toList();
  }

  /** All layouts that axes have and that are known throughout, and none moved of their lengths. */
  List<OrderLayout> layouts() {
    Set<OrderLayout> layouts = new LinkedHashSet<>();
    for (Known found : known.values()) {
      OrderLayout layout = found.layout();
      if (layout.pieces().stream().noneMatch(p -> p.kind() == Piece.Kind.UNKNOWN)) {
        layouts.add(layout.isInPlace() ? OrderLayout.inPlace(layout.length()) : layout);
      }
      layouts.add(OrderLayout.inPlace(layout.length()));
    }
    return List.copyOf(layouts);
  }

  /**
   * The order of a whole layout, one unit a place, which its axes then carry; null if none moves.
   */
  UnitOrder whole(OrderLayout layout) {
    if (layout.isInPlace() || layout.whole() != null) {
      return layout.whole();
    }
    UnitOrder order = newOrder(layout.sources());
    OrderLayout by = OrderLayout.of(Piece.found(order, 1, 1));
    known.replaceAll(
        (axis, found) ->
            found.layout().equals(layout) ? new Known(by, found.logP(), found.how()) : found);
    return order;
  }

  /** Makes orders that agree one: they were found apart, and each gains the other's axes. */
  void merge() {
    for (int later = orders.size() - 1; later > 0; later--) {
      for (int earlier = 0; earlier < later; earlier++) {
        if (orders.get(later).agreesWith(orders.get(earlier))) {
          replace(orders.get(later), orders.get(earlier));
          orders.remove(later);
          break;
        }
      }
    }
  }

  private void replace(UnitOrder old, UnitOrder by) {
    known.replaceAll(
        (axis, found) -> new Known(found.layout().with(old, by), found.logP(), found.how()));
  }

  /** What was known at one time. */
  record Snapshot(Map<TensorAxis, Known> known, int orders) {}

  Snapshot snapshot() {
    return new Snapshot(Map.copyOf(known), orders.size());
  }

  void restore(Snapshot before) {
    known.clear();
    known.putAll(before.known());
    orders.subList(before.orders(), orders.size()).clear();
  }

  /** Whether an unknown axis of the tensor is long enough for an order of the layout. */
  boolean couldCarry(String tensor, OrderLayout layout) {
    for (TensorAxis axis : unknown(tensor)) {
      for (Piece piece : layout.pieces()) {
        if (piece.order() != null && length(axis) >= piece.size()) {
          return true;
        }
      }
    }
    return false;
  }

  /** The least probability of all axes but one that carry an order of the layout. */
  double supports(OrderLayout layout, TensorAxis but) {
    double least = 0;
    for (Map.Entry<TensorAxis, Known> entry : known.entrySet()) {
      if (!entry.getKey().equals(but) && entry.getValue().layout().shares(layout)) {
        least = Math.min(least, entry.getValue().logP());
      }
    }
    return least;
  }

  /**
   * Every axis' order, as {@link RowReader#read} takes them.
   *
   * @param instead layouts that are tried, by axis; may be empty
   */
  int[][] sources(String tensor, Map<TensorAxis, OrderLayout> instead) {
    int[][] sources = new int[shapes.get(tensor).rank()][];
    for (TensorAxis axis : axes(tensor)) {
      Known found = known.get(axis);
      OrderLayout layout = instead.getOrDefault(axis, found == null ? null : found.layout());
      if (layout == null) {
        layout = OrderLayout.of(Piece.unknown(length(axis)));
      }
      sources[axis.axis()] = layout.isInPlace() ? null : layout.sources();
    }
    return sources;
  }
}
