package org.findthelady.match.task;

import java.io.Serializable;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.TopLists;

/**
 * What is kept of a block of scores.
 *
 * @param units the reference units that rows count
 * @param firstColumn first suspect unit of the block
 * @param rows best suspect units of each reference unit
 * @param columns best reference units of each suspect unit, among the block's
 * @param lowest most negative score of each reference unit with its suspect unit
 * @param squares of the rows that were compared
 * @param spread of the scores that are not their row's best
 * @param width numbers compared per pair
 */
public record BlockResult(
    UnitRange units,
    int firstColumn,
    TopLists rows,
    TopLists columns,
    TopLists lowest,
    Squares squares,
    ScoreMoments spread,
    long width)
    implements Serializable {
  /** The reference unit of a row. */
  public int unit(int row) {
    return units.unit(row);
  }

  /** Weighted squared norms of the reference rows. */
  public double[] rowSquares() {
    return squares.rows();
  }

  /** Weighted squared norms of the suspect rows. */
  public double[] columnSquares() {
    return squares.columns();
  }
}
