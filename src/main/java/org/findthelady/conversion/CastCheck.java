package org.findthelady.conversion;

import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * Whether every stored number is the original's, cast: rounded to nearest, ties to either side;
 * numbers below the smallest normal one may be flushed to zero.
 */
final class CastCheck implements PieceCheck {
  /** What folding a normalisation in float32 leaves: of a number, and of the largest beside it. */
  private static final double FOLDED = 2e-5;

  private static final double FOLDED_OF_LARGEST = 2e-6;

  private final DType type;
  private final Tally tally;
  private final boolean folded;
  private final float added;
  private final long row;

  /**
   * @param tensor that is stored; its rows are told like blocks
   * @param folded whether the original's were multiplied by a normalisation
   * @param added to the original's numbers first; 1 for norms that are stored as 1 + w
   */
  CastCheck(TensorInfo tensor, Tally tally, boolean folded, float added) {
    this.type = tensor.dtype();
    int rank = tensor.shape().rank();
    this.row = rank < 2 ? Long.MAX_VALUE : Math.max(1, tensor.shape().elements(1, rank));
    this.tally = tally;
    this.folded = folded;
    this.added = added;
  }

  @Override
  public void add(Piece piece) {
    tally.elements += piece.count();
    if (isSame(piece)) {
      return; // A number that its type holds is its own cast.
    }
    float[] wanted = new float[piece.count()];
    double largest = 0;
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = piece.original()[i] + added;
      largest = Math.max(largest, Math.abs(wanted[i]));
    }
    float[] cast = wanted.clone();
    if (type.floating()) {
      Floats.roundInPlace(type, cast, cast.length);
    }
    double allowed = folded ? FOLDED_OF_LARGEST * largest : 0;
    for (int i = 0; i < wanted.length; i++) {
      number(piece, i, wanted[i], cast[i], allowed);
    }
  }

  private boolean isSame(Piece piece) {
    for (int i = 0; i < piece.count(); i++) {
      if (piece.converted()[i] != piece.original()[i] + added) {
        return false;
      }
    }
    return true;
  }

  private void number(Piece piece, int i, float wanted, float cast, double allowed) {
    float found = piece.converted()[i];
    if (found == cast || (Float.isNaN(found) && Float.isNaN(wanted))) {
      return;
    }
    double away = Math.abs((double) found - wanted);
    boolean tie = away == Math.abs((double) cast - wanted) && Float.isFinite(cast);
    boolean flushed = found == 0 && Math.abs(wanted) < smallestNormal();
    if (tie || flushed || (folded && isNear(found, wanted, allowed + FOLDED * Math.abs(wanted)))) {
      return;
    }
    double steps = away / Math.max(Math.abs(wanted) * step(), Float.MIN_VALUE);
    long element = piece.first() + i;
    tally.worst = Math.max(tally.worst, steps);
    tally.code(element / row, element, steps, 1);
    if (!(steps < 1.0001 && Math.abs(found) < Math.abs(wanted))) {
      tally.beyondFeedback(element / row, element, steps, 1);
    }
  }

  /** Whether a number is the cast of one that is no further away than that. */
  private boolean isNear(float found, float wanted, double away) {
    float[] ends = {(float) (wanted - away), (float) (wanted + away)};
    if (type.floating()) {
      Floats.roundInPlace(type, ends, ends.length);
    }
    return found >= ends[0] && found <= ends[1];
  }

  private double smallestNormal() {
    return switch (type) {
      case F16 -> 0x1p-14;
      case F8_E4M3 -> 0x1p-6;
      case F8_E5M2 -> 0x1p-14;
      default -> Float.MIN_NORMAL;
    };
  }

  /** Largest distance of neighbours, relative. */
  private double step() {
    return switch (type) {
      case BF16 -> 0x1p-7;
      case F16 -> 0x1p-10;
      case F8_E4M3, F8_E4M3FNUZ -> 0x1p-3;
      case F8_E5M2, F8_E5M2FNUZ -> 0x1p-2;
      default -> 0x1p-23;
    };
  }
}
