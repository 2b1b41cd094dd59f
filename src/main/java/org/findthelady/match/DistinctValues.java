package org.findthelady.match;

import java.io.Serializable;

/** Counts different floats up to a limit, then stops looking. */
final class DistinctValues implements Serializable {
  private static final long serialVersionUID = 1;

  private final int limit;
  private transient int[] table;
  private transient boolean[] used;
  private int count;

  /**
   * @param limit a power of two; more different values than this are not counted
   */
  DistinctValues(int limit) {
    this.limit = limit;
    this.table = new int[limit * 4];
    this.used = new boolean[limit * 4];
  }

  void addAll(float[] values, int length) {
    int mask = limit * 4 - 1;
    for (int i = 0; i < length && count <= limit; i++) {
      int bits = Float.floatToIntBits(values[i] + 0f); // -0 and 0 are one value
      int slot = ((bits * 0x9E3779B9) >>> 7) & mask;
      while (used[slot] && table[slot] != bits) {
        slot = (slot + 1) & mask;
      }
      if (!used[slot]) {
        used[slot] = true;
        table[slot] = bits;
        count++;
      }
    }
  }

  /** How many, or -1 if over the limit. */
  int count() {
    return count <= limit ? count : -1;
  }
}
