package org.findthelady.match.task;

import java.io.Serializable;

/**
 * The reference units that a block of scores has rows for.
 *
 * @param only the units that are counted, ascending or not; null for all of the group
 * @param from first place among them
 * @param to place behind the last
 */
public record UnitRange(int[] only, int from, int to) implements Serializable {
  public UnitRange {
    if (from < 0 || to < from || (only != null && to > only.length)) {
      throw new IllegalArgumentException("units " + from + " to " + to);
    }
  }

  /** Units {@code from .. to} of a group. */
  public static UnitRange of(int from, int to) {
    return new UnitRange(null, from, to);
  }

  /** These units. */
  public static UnitRange of(int[] units) {
    return new UnitRange(units, 0, units.length);
  }

  /** The unit of a row. */
  int unit(int row) {
    return only == null ? from + row : only[from + row];
  }
}
