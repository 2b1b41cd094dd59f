package org.findthelady.structure.keras;

/**
 * A value in the drawn graph. Keras has the channels on the last axis; in the graph they are on
 * axis 1, ahead of the axes of space, as ONNX wants it.
 *
 * @param value its name in the graph
 * @param rank its number of axes, or -1 where that is not known
 */
record Signal(String value, int rank) {
  /** A value of the same shape. */
  Signal as(String other) {
    return new Signal(other, rank);
  }

  /**
   * Where an axis as Keras counts it is in the graph.
   *
   * @throws Untranslatable if there is no such axis
   */
  int axis(long keras) {
    long at = keras < 0 ? keras + rank : keras;
    if (rank < 1 || at < 0 || at >= rank) {
      throw new Untranslatable("axis " + keras + " of " + rank);
    }
    if (at == 0 || rank < 3) {
      return (int) at;
    }
    return at == rank - 1 ? 1 : (int) at + 1;
  }
}
