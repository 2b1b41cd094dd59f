package org.findthelady.match.task;

import java.io.Serializable;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.TopLists;

/**
 * Candidates of a sketched group by their estimated cosines.
 *
 * @param rows best suspect leaves of each reference leaf
 * @param columns best reference leaves of each suspect leaf
 * @param rowBounds for each reference leaf what no cosine of what was folded, but the best's,
 *     exceeds
 * @param columnBounds the same for each suspect leaf
 * @param resolved whether the best stands clear of all others in its row and its column, as far as
 *     estimates tell
 * @param whole whether all the evidence was folded
 * @param rowSquares weighted squared norms of what was folded, of each reference leaf
 * @param columnSquares the same of each suspect leaf
 * @param termDots weighted products of the centred members of each reference leaf with its best
 * @param termRowSquares weighted squared norms of the centred members, of each reference leaf
 * @param termColumnSquares the same of each suspect leaf
 * @param spread of the estimates
 * @param width numbers per row in all the evidence
 */
public record SketchResult(
    TopLists rows,
    TopLists columns,
    float[] rowBounds,
    float[] columnBounds,
    boolean[] resolved,
    boolean whole,
    double[] rowSquares,
    double[] columnSquares,
    double[] termDots,
    double[] termRowSquares,
    double[] termColumnSquares,
    ScoreMoments spread,
    long width)
    implements Serializable {
  /** The reference leaves that are not resolved, ascending. */
  public int[] open() {
    return IntStream.range(0, resolved.length).filter(row -> !resolved[row]).toArray();
  }

  /**
   * What the cosine of all the evidence of a reference leaf with any suspect leaf but its best, or
   * of that with any reference leaf but this, cannot exceed. By the Cauchy-Schwarz inequality the
   * parts that were not folded give at most the product of their norms, so a cosine c of parts that
   * hold shares p and q of the squared norms gives at most 1 - sqrt(p q) (1 - c) in all.
   *
   * @param row the reference leaf
   * @param column the suspect leaf that is taken for its own
   * @param leastRowShare least share of a reference leaf's squared norm that was folded
   * @param leastColumnShare the same of the suspect's
   */
  public double bound(
      int row,
      int column,
      double rowShare,
      double columnShare,
      double leastRowShare,
      double leastColumnShare) {
    if (whole) {
      return Math.max(rowBounds[row], columnBounds[column]);
    }
    return Math.max(
        1 - Math.sqrt(rowShare * leastColumnShare) * (1 - rowBounds[row]),
        1 - Math.sqrt(columnShare * leastRowShare) * (1 - columnBounds[column]));
  }
}
