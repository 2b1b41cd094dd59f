package org.findthelady.match;

import java.io.Serializable;

/**
 * How scores of rows that do not belong together spread.
 *
 * @param count of scores
 * @param sum of them
 * @param squares sum of their squares
 */
record Spread(long count, double sum, double squares) implements Serializable {
  static final Spread NONE = new Spread(0, 0, 0);

  Spread plus(Spread other) {
    return new Spread(count + other.count, sum + other.sum, squares + other.squares);
  }

  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** Population variance; NaN without scores. */
  double variance() {
    return count == 0 ? Double.NaN : Math.max(0, squares / count - mean() * mean());
  }
}
