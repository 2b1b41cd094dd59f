package org.findthelady.match.kernel;

import java.io.Serializable;

/**
 * How scores of rows that do not belong together spread.
 *
 * @param count of scores
 * @param sum of them
 * @param squares sum of their squares
 */
public record ScoreMoments(long count, double sum, double squares) implements Serializable {
  public static final ScoreMoments NONE = new ScoreMoments(0, 0, 0);

  public ScoreMoments plus(ScoreMoments other) {
    return new ScoreMoments(count + other.count, sum + other.sum, squares + other.squares);
  }

  public double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** Population variance; NaN without scores. */
  public double variance() {
    return count == 0 ? Double.NaN : Math.max(0, squares / count - mean() * mean());
  }
}
