package org.findthelady.conversion;

import java.io.IOException;

/** Holds pieces of a converted tensor against the original's. */
@FunctionalInterface
interface PieceCheck {
  void add(Piece piece) throws IOException;
}
