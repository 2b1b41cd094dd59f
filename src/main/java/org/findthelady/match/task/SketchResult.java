package org.findthelady.match.task;

import java.io.Serializable;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.ScoreMoments;
import org.findthelady.match.kernel.TopLists;

/**
 * Candidates of a sketched group by their estimated cosines.
 *
 * @param reference what was found for each reference unit
 * @param suspect what was found for each suspect unit
 * @param resolved whether the best stands clear of all others in its row and its column, as far as
 *     estimates tell
 * @param whole whether all the evidence was folded
 * @param scalars sums over the centred members
 * @param spread of the estimates
 * @param width numbers per row in all the evidence
 */
public record SketchResult(
    Side reference,
    Side suspect,
    boolean[] resolved,
    boolean whole,
    ScalarSums scalars,
    ScoreMoments spread,
    long width)
    implements Serializable {
  /**
   * One side's units.
   *
   * @param best units of the other side
   * @param bounds what no cosine of what was folded, but the best's, exceeds
   * @param squares weighted squared norms of what was folded
   */
  public record Side(TopLists best, float[] bounds, double[] squares) implements Serializable {}

  /**
   * Exact sums over the centred members.
   *
   * @param dots weighted products of each reference unit with its best
   * @param rowSquares weighted squared norms of each reference unit
   * @param columnSquares the same of each suspect unit
   */
  public record ScalarSums(double[] dots, double[] rowSquares, double[] columnSquares)
      implements Serializable {}

  /** Best suspect units of each reference unit. */
  public TopLists rows() {
    return reference.best();
  }

  /** Best reference units of each suspect unit. */
  public TopLists columns() {
    return suspect.best();
  }

  /** For each reference unit what no cosine of what was folded, but the best's, exceeds. */
  public float[] rowBounds() {
    return reference.bounds();
  }

  /** The reference units that are not resolved, ascending. */
  public int[] open() {
    return IntStream.range(0, resolved.length).filter(row -> !resolved[row]).toArray();
  }

  /**
   * What the cosine of all the evidence of a reference unit with any suspect unit but its best, or
   * of that with any reference unit but this, cannot exceed. By the Cauchy-Schwarz inequality the
   * parts that were not folded give at most the product of their norms, so a cosine c of parts that
   * hold shares p and q of the squared norms gives at most 1 - sqrt(p q) (1 - c) in all.
   *
   * @param row the reference unit
   * @param column the suspect unit that is taken for its own
   * @param leastRowShare least share of a reference unit's squared norm that was folded
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
      return Math.max(reference.bounds()[row], suspect.bounds()[column]);
    }
    return Math.max(
        1 - Math.sqrt(rowShare * leastColumnShare) * (1 - reference.bounds()[row]),
        1 - Math.sqrt(columnShare * leastRowShare) * (1 - suspect.bounds()[column]));
  }
}
