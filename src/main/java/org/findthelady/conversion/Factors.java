package org.findthelady.conversion;

/**
 * Factors that a compiler multiplied a matrix with before it converted it.
 *
 * @param rows one for each row; empty for none
 * @param columns one for each column; empty for none
 * @param fitted whether they come from the codes themselves, so that these keep them only nearly
 */
record Factors(double[] rows, double[] columns, boolean fitted) {
  /** A check that sees the original's numbers multiplied. */
  PieceCheck before(PieceCheck check, long width) {
    return piece -> {
      float[] original = piece.original().clone();
      for (int i = 0; i < piece.count(); i++) {
        long element = piece.first() + i;
        double factor = rows.length == 0 ? 1 : rows[(int) (element / width)];
        factor *= columns.length == 0 ? 1 : columns[(int) (element % width)];
        original[i] = (float) (original[i] * factor);
      }
      check.add(new Piece(piece.first(), piece.count(), original, piece.converted()));
    };
  }
}
