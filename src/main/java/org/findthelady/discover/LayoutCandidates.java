package org.findthelady.discover;

import java.util.ArrayList;
import java.util.List;

/** Layouts that an axis could have by its length: orders found elsewhere, or none moved. */
final class LayoutCandidates {
  /** Positions of a unit that lie together on one axis (channels x positions) at most. */
  private static final int MOST_POSITIONS = 4096;

  /** Layouts of blocks that are tried at most. */
  private static final int MOST_BLOCKS = 64;

  /** Layouts that are worth a first look, at most. */
  static final int MOST_LIKELY = 4;

  private final AxisTable table;

  LayoutCandidates(AxisTable table) {
    this.table = table;
  }

  /**
   * Layouts of the whole axis: one unit a place, then none moved, then several places a unit, then
   * those of several pieces that other axes have.
   */
  List<OrderLayout> whole(int length) {
    List<OrderLayout> layouts = new ArrayList<>(plain(length));
    layouts.addAll(blocks(length));
    layouts.addAll(table.concatenated(length));
    return layouts;
  }

  /** One unit a place, orders that many axes carry first; or none moved. */
  List<OrderLayout> plain(int length) {
    List<OrderLayout> layouts = new ArrayList<>();
    for (UnitOrder order : table.mostCarried()) {
      if (order.size() == length) {
        layouts.add(OrderLayout.of(Piece.found(order, 1, 1)));
      }
    }
    layouts.add(OrderLayout.inPlace(length));
    return layouts;
  }

  /**
   * Layouts of the whole axis that are worth a first look: the order that most axes carry, none
   * moved, and the latest orders, for tensors that lie beside each other share some.
   */
  List<OrderLayout> likely(int length) {
    List<OrderLayout> plain = plain(length);
    List<OrderLayout> likely = new ArrayList<>();
    likely.add(plain.get(0));
    likely.add(OrderLayout.inPlace(length));
    for (int k = table.orders().size() - 1; k >= 0 && likely.size() < MOST_LIKELY; k--) {
      UnitOrder order = table.orders().get(k);
      if (order.size() == length) {
        likely.add(OrderLayout.of(Piece.found(order, 1, 1)));
      }
    }
    return likely.stream().distinct().toList();
  }

  /** Several places a unit, next to each other or apart; the latest orders first. */
  List<OrderLayout> blocks(int length) {
    List<OrderLayout> layouts = new ArrayList<>();
    for (int k = table.orders().size() - 1; k >= 0 && layouts.size() < MOST_BLOCKS; k--) {
      UnitOrder order = table.orders().get(k);
      int positions = length / order.size();
      if (length % order.size() == 0 && positions > 1 && positions <= MOST_POSITIONS) {
        layouts.add(OrderLayout.of(Piece.found(order, 1, positions)));
        layouts.add(OrderLayout.of(Piece.found(order, positions, 1)));
      }
    }
    return layouts;
  }

  /** Layouts that know one end of the axis. */
  List<OrderLayout> ends(int length) {
    List<OrderLayout> layouts = new ArrayList<>();
    for (int k = table.orders().size() - 1; k >= 0; k--) {
      UnitOrder order = table.orders().get(k);
      int left = length - order.size();
      if (left > 0) {
        layouts.add(OrderLayout.of(Piece.found(order, 1, 1), Piece.unknown(left)));
        layouts.add(OrderLayout.of(Piece.unknown(left), Piece.found(order, 1, 1)));
      }
    }
    return layouts;
  }
}
