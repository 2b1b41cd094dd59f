package org.findthelady.discover;

import java.util.ArrayList;
import java.util.List;

/** Layouts that an axis could have by its length: orders found elsewhere, or none moved. */
final class LayoutCandidates {
  /** Positions of a unit that lie together on one axis (channels x positions) at most. */
  private static final int MOST_POSITIONS = 4096;

  /** Layouts of blocks that are tried at most. */
  private static final int MOST_BLOCKS = 64;

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
