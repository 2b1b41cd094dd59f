package org.findthelady.discover;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Rows that both sides hold bit for bit: they tell an order without a product. */
final class EqualRows {
  private static final int NONE = -1;
  private static final int SEVERAL = -2;

  /** Share of rows that must be found. */
  private static final double MOST = 0.9;

  private final int[] order;
  private final int found;

  EqualRows(RowReader.Rows rows) {
    Map<Row, Integer> theirs = places(rows.b(), rows.rows(), rows.width());
    Map<Row, Integer> ours = places(rows.a(), rows.rows(), rows.width());
    this.order = new int[rows.rows()];
    Arrays.fill(order, NONE);
    int count = 0;
    for (Map.Entry<Row, Integer> entry : ours.entrySet()) {
      int source = theirs.getOrDefault(entry.getKey(), NONE);
      if (source >= 0 && entry.getValue() >= 0) {
        order[entry.getValue()] = source;
        count++;
      }
    }
    this.found = count;
    fill();
  }

  /** Where each row lies; {@link #SEVERAL} for rows that are there more than once. */
  private static Map<Row, Integer> places(float[] values, int rows, int width) {
    Map<Row, Integer> places = new HashMap<>();
    for (int i = 0; i < rows; i++) {
      places.merge(new Row(values, i * width, width), i, (one, other) -> SEVERAL);
    }
    return places;
  }

  /**
   * Makes rows zero that are there more than once: where rounding left them so, nothing tells them
   * apart, and what they have in common would outweigh what the others say.
   *
   * @param values [rows x width], changed
   */
  static void clearRepeated(float[] values, int rows, int width) {
    Map<Row, Integer> places = places(values.clone(), rows, width);
    if (places.size() == rows) {
      return;
    }
    boolean[] alone = new boolean[rows];
    places.values().stream().filter(place -> place >= 0).forEach(place -> alone[place] = true);
    for (int i = 0; i < rows; i++) {
      if (!alone[i]) {
        Arrays.fill(values, i * width, (i + 1) * width, 0);
      }
    }
  }

  /** Gives rows that were not found the places that are left, in their order. */
  private void fill() {
    boolean[] taken = new boolean[order.length];
    for (int source : order) {
      if (source >= 0) {
        taken[source] = true;
      }
    }
    int free = 0;
    for (int i = 0; i < order.length; i++) {
      if (order[i] < 0) {
        while (taken[free]) {
          free++;
        }
        order[i] = free;
        taken[free] = true;
      }
    }
  }

  /** Whether so many rows are equal that the rest must lie in the same order. */
  boolean tellOrder() {
    return found >= Math.max(AxisTable.LEAST_UNITS, MOST * order.length);
  }

  /** Rows that are alone on their side and equal one of the other. */
  int found() {
    return found;
  }

  /** The suspect's row of each row of the reference. */
  int[] order() {
    return order.clone();
  }

  /** The bits of a row as a key. */
  private record Row(float[] values, int from, int count) {
    @Override
    public int hashCode() {
      int hash = 1;
      for (int k = from; k < from + count; k++) {
        hash = 31 * hash + Float.floatToIntBits(values[k]);
      }
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Row row
          && Arrays.equals(values, from, from + count, row.values, row.from, row.from + row.count);
    }
  }
}
