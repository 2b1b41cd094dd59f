package org.findthelady.structure.derive;

import java.util.Arrays;

/** An int array as a map key. The array must not change afterwards. */
record IntKey(int[] values) {
  static IntKey of(int... values) {
    return new IntKey(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IntKey key && Arrays.equals(values, key.values);
  }

  /** Mixed well: keys are short runs of small numbers, which the usual hash makes collide. */
  @Override
  public int hashCode() {
    int hash = values.length;
    for (int value : values) {
      hash = (hash ^ value) * 0x9e3779b1;
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
