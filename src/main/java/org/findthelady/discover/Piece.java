package org.findthelady.discover;

/**
 * A stretch of an axis: {@code before} x {@code size} x {@code after} places, of which the middle
 * digit carries an order and the other two stay.
 *
 * @param kind whether the order is found, the places stay, or nothing is known
 * @param order null unless found
 * @param size units of the order; for the other kinds all places, with both other digits 1
 */
record Piece(Kind kind, UnitOrder order, int before, int size, int after) {
  /** What is known of a piece. */
  enum Kind {
    FOUND,
    IN_PLACE,
    UNKNOWN
  }

  Piece {
    if (before < 1 || size < 1 || after < 1 || (kind == Kind.FOUND) != (order != null)) {
      throw new IllegalArgumentException(kind + " piece of " + before + "*" + size + "*" + after);
    }
    if (order != null && order.size() != size) {
      throw new IllegalArgumentException("order of " + order.size() + " units on " + size);
    }
  }

  static Piece found(UnitOrder order, int before, int after) {
    return new Piece(Kind.FOUND, order, before, order.size(), after);
  }

  static Piece inPlace(int size) {
    return new Piece(Kind.IN_PLACE, null, 1, size, 1);
  }

  static Piece unknown(int size) {
    return new Piece(Kind.UNKNOWN, null, 1, size, 1);
  }

  int length() {
    return Math.multiplyExact(Math.multiplyExact(before, size), after);
  }

  /**
   * Writes for every place of the piece the suspect's place, or -1 where nothing is known.
   *
   * @param from first place of the piece on its axis
   */
  void fill(int[] sources, int from) {
    for (int i = 0; i < length(); i++) {
      int inner = i % after;
      int unit = i / after % size;
      int outer = i / after / size;
      sources[from + i] =
          switch (kind) {
            case UNKNOWN -> -1;
            case IN_PLACE -> from + i;
            case FOUND -> from + (outer * size + order.source(unit)) * after + inner;
          };
    }
  }
}
