package org.findthelady.discover;

import java.io.IOException;
import org.findthelady.match.kernel.Correlation;
import org.findthelady.match.kernel.FisherZ;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.Thresholds;

/**
 * Very few rows of many numbers, such as those of a router's experts. How many orders of them there
 * are proves nothing, but each row's numbers correlate with those of its partner alone.
 */
final class FewRows {
  private final float[] correlations;
  private final int[] order;
  private final int width;

  FewRows(RowReader.Rows rows) throws IOException {
    int n = rows.rows();
    this.width = rows.width();
    this.correlations = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        correlations[i * n + j] = (float) correlation(rows, i, j);
      }
    }
    this.order = LinearAssignment.greatest(correlations, n);
  }

  private static double correlation(RowReader.Rows rows, int i, int j) {
    int n = rows.width();
    Correlation correlation = new Correlation();
    for (int k = 0; k < n; k++) {
      correlation.add(rows.a()[i * n + k], rows.b()[j * n + k]);
    }
    return correlation.value();
  }

  /** The suspect's row of each row of the reference. */
  int[] order() {
    return order.clone();
  }

  /** Whether rows that leave their place are clearly more like those that they go to. */
  boolean moves() {
    boolean moves = false;
    double errors = Thresholds.ROW_DEVIATIONS * Math.sqrt(2.0 / Math.max(1, width - 3));
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i) {
        moves = true;
        if (FisherZ.of(of(i)) - FisherZ.of(correlations[i * order.length + i]) < errors) {
          return false;
        }
      }
    }
    return moves;
  }

  /** Logarithm of the probability that the row that is least like its partner is so by chance. */
  double chance() {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < order.length; i++) {
      most = Math.max(most, Chance.ofCorrelation(of(i), width));
    }
    return Math.min(0, most + Chance.logFactorial(order.length));
  }

  private double of(int row) {
    return correlations[row * order.length + order[row]];
  }
}
