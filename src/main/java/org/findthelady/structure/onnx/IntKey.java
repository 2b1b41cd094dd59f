package org.findthelady.structure.onnx;

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

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
