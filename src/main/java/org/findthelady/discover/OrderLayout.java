package org.findthelady.discover;

import java.util.List;

/** The pieces of an axis, end to end. */
record OrderLayout(List<Piece> pieces) {
  OrderLayout {
    pieces = List.copyOf(pieces);
  }

  static OrderLayout of(Piece... pieces) {
    return new OrderLayout(List.of(pieces));
  }

  static OrderLayout inPlace(int length) {
    return of(Piece.inPlace(length));
  }

  int length() {
    return pieces.stream().mapToInt(Piece::length).reduce(0, Math::addExact);
  }

  /** For every place of the reference the suspect's place, or -1 where it is not known. */
  int[] sources() {
    int[] sources = new int[length()];
    int from = 0;
    for (Piece piece : pieces) {
      piece.fill(sources, from);
      from += piece.length();
    }
    return sources;
  }

  /** Whether nothing of the axis moves. */
  boolean isInPlace() {
    return pieces.stream().allMatch(p -> p.kind() == Piece.Kind.IN_PLACE);
  }

  /** The same with one order in the place of another. */
  OrderLayout with(UnitOrder old, UnitOrder by) {
    return new OrderLayout(
        pieces.stream()
            .map(p -> p.order() == old ? Piece.found(by, p.before(), p.after()) : p)
            .toList());
  }

  /** Whether the two carry an order together. */
  boolean shares(OrderLayout other) {
    return pieces.stream()
        .filter(piece -> piece.order() != null)
        .anyMatch(piece -> other.pieces.stream().anyMatch(p -> p.order() == piece.order()));
  }

  /** The order that the whole axis carries, one unit a place; null if there is none. */
  UnitOrder whole() {
    Piece first = pieces.get(0);
    return pieces.size() == 1 && first.order() != null && first.before() * first.after() == 1
        ? first.order()
        : null;
  }
}
