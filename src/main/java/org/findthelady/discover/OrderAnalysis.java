package org.findthelady.discover;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.match.kernel.Thresholds;

/**
 * Reads the form of an order that was found for a whole axis: pieces that keep to themselves (a
 * concatenation), units that move as blocks (channels x positions, heads), the same order in every
 * block (both halves of a spectrum, stacked gates). Some places may be wrong.
 */
final class OrderAnalysis {
  /** Share of places that must follow a form. */
  private static final double FOLLOWS = 0.8;

  /** Share of places that pieces must leave as they were found; else the axis is one piece. */
  private static final double KEPT = 0.95;

  /** Share of short stretches that may have another form: one in ten places wrong leaves 0.0004. */
  private static final double LEAVING = 0.02;

  /** Share of the crossings that chance gives, up to which an axis is cut. */
  private static final double FEW_CROSSINGS = 0.15;

  /** Crossings that chance must give at least, for their absence to say something. */
  private static final double LEAST_EXPECTED = 3;

  private final AxisTable table;

  OrderAnalysis(AxisTable table) {
    this.table = table;
  }

  /** The pieces of an axis with that order; orders that were found before are used again. */
  OrderLayout layout(int[] order) {
    Piece known = knownPiece(order);
    if (known != null) {
      return OrderLayout.of(known);
    }
    Form form = form(order);
    if (form != null) {
      return OrderLayout.of(form.added(table));
    }
    AxisTable.Snapshot before = table.snapshot();
    List<Piece> pieces = new ArrayList<>();
    cut(order, 0, order.length, pieces);
    OrderLayout layout = new OrderLayout(pieces);
    if (agreement(order, layout.sources()) >= KEPT * order.length) {
      return layout;
    }
    table.restore(before);
    return OrderLayout.of(Piece.found(table.newOrder(order), 1, 1));
  }

  private void cut(int[] order, int from, int to, List<Piece> pieces) {
    int cut = bestCut(order, from, to);
    if (cut > from) {
      cut(order, from, cut, pieces);
      cut(order, cut, to, pieces);
    } else {
      pieces.add(piece(inside(order, from, to)));
    }
  }

  /** Where the fewest places cross, if so few cannot be chance; else {@code from}. */
  private static int bestCut(int[] order, int from, int to) {
    int n = to - from;
    int best = from;
    double least = FEW_CROSSINGS;
    int fewest = Integer.MAX_VALUE;
    boolean[] above = new boolean[n];
    int crossing = 0;
    for (int k = 1; k < n; k++) {
      int source = order[from + k - 1] - from;
      if (source >= k && source < n) {
        above[source] = true;
        crossing++;
      } else if (source < 0 || source >= n) {
        crossing++;
      }
      if (above[k - 1]) {
        crossing--;
      }
      double expected = (double) k * (n - k) / n;
      if (expected >= LEAST_EXPECTED
          && crossing <= least * expected
          && crossing < fewest
          && k >= AxisTable.LEAST_UNITS
          && n - k >= AxisTable.LEAST_UNITS) {
        best = from + k;
        fewest = crossing;
      }
    }
    return best;
  }

  /** The order within one stretch, counted from 0; places that leave it take what is left over. */
  private static int[] inside(int[] order, int from, int to) {
    int[] own = new int[to - from];
    boolean[] taken = new boolean[own.length];
    for (int i = 0; i < own.length; i++) {
      int source = order[from + i] - from;
      own[i] = source >= 0 && source < own.length ? source : -1;
      if (own[i] >= 0) {
        taken[own[i]] = true;
      }
    }
    int free = 0;
    for (int i = 0; i < own.length; i++) {
      if (own[i] < 0) {
        while (taken[free]) {
          free++;
        }
        taken[free] = true;
        own[i] = free;
      }
    }
    return own;
  }

  private Piece piece(int[] order) {
    Piece known = knownPiece(order);
    if (known != null) {
      return known;
    }
    Form form = form(order);
    return form != null ? form.added(table) : Piece.found(table.newOrder(order), 1, 1);
  }

  /** In place, or an order that was found before; null if it is neither. */
  private Piece knownPiece(int[] order) {
    if (agreement(order, PlaceAnchors.inPlace(order.length)) >= FOLLOWS * order.length) {
      return Piece.inPlace(order.length);
    }
    Piece best = null;
    for (UnitOrder known : table.orders()) {
      if (order.length % known.size() == 0) {
        int positions = order.length / known.size();
        best = better(order, best, Piece.found(known, 1, positions));
        best = positions == 1 ? best : better(order, best, Piece.found(known, positions, 1));
      }
    }
    return best;
  }

  private static Piece better(int[] order, Piece best, Piece other) {
    int agreeing = agreement(order, other);
    boolean holds =
        agreeing == order.length
            || (agreeing >= FOLLOWS * order.length
                && followsThroughout(order, other)
                && Chance.ofAgreement(Math.min(agreeing, other.size())) < Thresholds.ORDER_LOG_P);
    return holds && (best == null || agreeing > agreement(order, best)) ? other : best;
  }

  /** An order of fewer units than places. */
  private record Form(int before, int[] units, int after) {
    Piece added(AxisTable table) {
      return Piece.found(table.newOrder(units), before, after);
    }
  }

  /**
   * The form with the fewest units that the order follows; null if each place moves alone. Few
   * places follow one by chance.
   */
  private static Form form(int[] order) {
    int n = order.length;
    if (n < AxisTable.LEAST_UNITS) {
      return null;
    }
    for (int size = 2; size < n; size++) {
      for (int before = 1; n % size == 0 && before <= n / size; before++) {
        if (n / size % before != 0) {
          continue;
        }
        int[] units = units(order, before, size, n / size / before);
        if (units != null) {
          Piece piece = Piece.found(new UnitOrder(-1, units), before, n / size / before);
          if (agreement(order, piece) >= FOLLOWS * n && followsThroughout(order, piece)) {
            return new Form(before, units, n / size / before);
          }
        }
      }
    }
    return null;
  }

  /** The order that most blocks agree on for each unit; null if they do not name different ones. */
  private static int[] units(int[] order, int before, int size, int after) {
    int[] units = new int[size];
    boolean[] taken = new boolean[size];
    for (int unit = 0; unit < size; unit++) {
      int[] votes = new int[size];
      for (int outer = 0; outer < before; outer++) {
        for (int inner = 0; inner < after; inner++) {
          votes[order[(outer * size + unit) * after + inner] / after % size]++;
        }
      }
      for (int other = 0; other < size; other++) {
        units[unit] = votes[other] > votes[units[unit]] ? other : units[unit];
      }
      if (taken[units[unit]]) {
        return null;
      }
      taken[units[unit]] = true;
    }
    return units;
  }

  /**
   * Whether nearly every short stretch follows a form by half. Places that noise put wrong lie
   * anywhere; those that have another form lie together.
   */
  private static boolean followsThroughout(int[] order, Piece piece) {
    int[] sources = new int[order.length];
    piece.fill(sources, 0);
    int length = AxisTable.LEAST_UNITS;
    int leaving = 0;
    for (int from = 0; from + length <= order.length; from += length) {
      int agreeing = 0;
      for (int i = from; i < from + length; i++) {
        agreeing += order[i] == sources[i] ? 1 : 0;
      }
      leaving += 2 * agreeing < length ? 1 : 0;
    }
    return leaving <= LEAVING * order.length / length;
  }

  private static int agreement(int[] order, Piece piece) {
    int[] sources = new int[order.length];
    piece.fill(sources, 0);
    return agreement(order, sources);
  }

  private static int agreement(int[] order, int[] other) {
    int agreeing = 0;
    for (int i = 0; i < order.length; i++) {
      agreeing += order[i] == other[i] ? 1 : 0;
    }
    return agreeing;
  }
}
