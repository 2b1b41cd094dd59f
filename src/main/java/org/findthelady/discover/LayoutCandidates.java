package org.findthelady.discover;

import java.util.ArrayList;
import java.util.List;

/** Layouts that an axis could have by its length: orders found elsewhere, or none moved. */
final class LayoutCandidates {
  /** Positions of a unit that lie together on one axis (channels x positions) at most. */
  private static final int MOST_POSITIONS = 4096;

  private final AxisTable table;

  LayoutCandidates(AxisTable table) {
    this.table = table;
  }

  /** Layouts of the whole axis, the latest orders first; the axis left in place comes last. */
  List<AxisLayout> whole(int length) {
    List<AxisLayout> layouts = new ArrayList<>();
    for (int k = table.orders().size() - 1; k >= 0; k--) {
      UnitOrder order = table.orders().get(k);
      int positions = length / order.size();
      if (length % order.size() != 0 || positions > MOST_POSITIONS) {
        continue;
      }
      layouts.add(AxisLayout.of(Piece.found(order, 1, positions)));
      if (positions > 1) {
        layouts.add(AxisLayout.of(Piece.found(order, positions, 1)));
      }
    }
    layouts.add(AxisLayout.inPlace(length));
    return layouts;
  }

  /** Layouts that know one end of the axis. */
  List<AxisLayout> ends(int length) {
    List<AxisLayout> layouts = new ArrayList<>();
    for (int k = table.orders().size() - 1; k >= 0; k--) {
      UnitOrder order = table.orders().get(k);
      int left = length - order.size();
      if (left > 0) {
        layouts.add(AxisLayout.of(Piece.found(order, 1, 1), Piece.unknown(left)));
        layouts.add(AxisLayout.of(Piece.unknown(left), Piece.found(order, 1, 1)));
      }
    }
    return layouts;
  }
}
