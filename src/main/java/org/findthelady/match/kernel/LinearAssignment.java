package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * The exact one-to-one assignment of a small dense matrix, by shortest augmenting paths (Jonker and
 * Volgenant 1987).
 */
public final class LinearAssignment {
  private static final int NONE = -1;

  private final float[] scores;
  private final int size;
  private final double[] rowPrices;
  private final double[] columnPrices;
  private final int[] columnOf;
  private final int[] rowOf;

  private LinearAssignment(float[] scores, int size) {
    this.scores = scores;
    this.size = size;
    this.rowPrices = new double[size];
    this.columnPrices = new double[size];
    this.columnOf = new int[size];
    this.rowOf = new int[size];
    Arrays.fill(columnOf, NONE);
    Arrays.fill(rowOf, NONE);
  }

  /**
   * @param scores [size x size] row-major, finite
   * @return the column of each row, a bijection of the greatest total score
   */
  public static int[] greatest(float[] scores, int size) {
    if (scores.length != Math.multiplyExact(size, size)) {
      throw new IllegalArgumentException(scores.length + " scores for " + size + " rows");
    }
    LinearAssignment assignment = new LinearAssignment(scores, size);
    assignment.begin();
    for (int row = 0; row < size; row++) {
      if (assignment.columnOf[row] == NONE) {
        assignment.augment(row);
      }
    }
    return assignment.columnOf;
  }

  /** What a pair costs: its score is to be great. */
  private double reduced(int row, int column) {
    return -scores[row * size + column] - rowPrices[row] - columnPrices[column];
  }

  /** Prices at which no pair costs less than nothing, and pairs that cost nothing. */
  private void begin() {
    Arrays.fill(columnPrices, Double.MAX_VALUE);
    for (int at = 0; at < scores.length; at++) {
      columnPrices[at % size] = Math.min(columnPrices[at % size], -scores[at]);
    }
    for (int row = 0; row < size; row++) {
      int best = 0;
      for (int column = 1; column < size; column++) {
        best = reduced(row, column) < reduced(row, best) ? column : best;
      }
      rowPrices[row] = reduced(row, best);
      if (rowOf[best] == NONE) {
        rowOf[best] = row;
        columnOf[row] = best;
      }
    }
  }

  /** Gives a row a column: others change theirs along the cheapest path to a free one. */
  private void augment(int free) {
    double[] costs = new double[size];
    int[] from = new int[size];
    boolean[] reached = new boolean[size];
    for (int column = 0; column < size; column++) {
      costs[column] = reduced(free, column);
      from[column] = free;
    }
    int end = cheapest(costs, reached);
    while (rowOf[end] != NONE) {
      reached[end] = true;
      int row = rowOf[end];
      for (int column = 0; column < size; column++) {
        double cost = costs[end] + reduced(row, column);
        if (!reached[column] && cost < costs[column]) {
          costs[column] = cost;
          from[column] = row;
        }
      }
      end = cheapest(costs, reached);
    }
    for (int column = 0; column < size; column++) {
      if (reached[column]) {
        columnPrices[column] += costs[column] - costs[end];
        rowPrices[rowOf[column]] += costs[end] - costs[column];
      }
    }
    rowPrices[free] += costs[end];
    for (int column = end, row = NONE; row != free; ) {
      row = from[column];
      rowOf[column] = row;
      int left = columnOf[row];
      columnOf[row] = column;
      column = left;
    }
  }

  private static int cheapest(double[] costs, boolean[] reached) {
    int cheapest = NONE;
    for (int column = 0; column < costs.length; column++) {
      if (!reached[column] && (cheapest == NONE || costs[column] < costs[cheapest])) {
        cheapest = column;
      }
    }
    return cheapest;
  }
}
