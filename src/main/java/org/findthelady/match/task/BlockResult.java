package org.findthelady.match.task;

import java.io.Serializable;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.TopLists;

/**
 * What is kept of a block of scores.
 *
 * @param only the reference leaves that rows count, null for all
 * @param from first reference leaf of the block
 * @param firstColumn first suspect leaf of the block
 * @param rows best suspect leaves of each reference leaf
 * @param columns best reference leaves of each suspect leaf, among the block's
 * @param lowest most negative score of each reference leaf with its suspect leaf
 * @param rowSquares weighted squared norms of the reference rows
 * @param columnSquares weighted squared norms of the suspect rows
 * @param spread of the scores that are not their row's best
 * @param width numbers compared per pair
 */
public record BlockResult(
    int[] only,
    int from,
    int firstColumn,
    TopLists rows,
    TopLists columns,
    TopLists lowest,
    double[] rowSquares,
    double[] columnSquares,
    ScoreMoments spread,
    long width)
    implements Serializable {
  /** The reference leaf of a row. */
  public int leaf(int row) {
    return only == null ? from + row : only[from + row];
  }
}
