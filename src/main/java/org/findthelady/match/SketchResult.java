package org.findthelady.match;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Candidates of a sketched group with exact cosines.
 *
 * @param rows best suspect leaves of each reference leaf among those looked at
 * @param columns best reference leaves of each suspect leaf among those looked at
 * @param bounds for each reference leaf what no other candidate's cosine exceeds
 * @param resolved whether the best is proved best in its row and its column
 * @param rowSquares weighted squared norms of the reference rows
 * @param columnSquares weighted squared norms of the suspect rows
 * @param spread of the sketches' scores
 * @param width numbers per row
 */
record SketchResult(
    TopLists rows,
    TopLists columns,
    double[] bounds,
    boolean[] resolved,
    double[] rowSquares,
    double[] columnSquares,
    Spread spread,
    long width)
    implements Serializable {
  /** The reference leaves that are not resolved, ascending. */
  int[] open() {
    return IntStream.range(0, resolved.length).filter(row -> !resolved[row]).toArray();
  }
}
