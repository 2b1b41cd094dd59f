package org.findthelady.match;

import java.util.Arrays;

/** Textbook O(n^3) assignment on a full matrix: the slow oracle. */
public final class Hungarian {
  private Hungarian() {}

  /** Greatest total score of a bijection. */
  public static double best(double[][] score) {
    int n = score.length;
    double[] u = new double[n + 1];
    double[] v = new double[n + 1];
    int[] row = new int[n + 1];
    int[] way = new int[n + 1];
    for (int i = 1; i <= n; i++) {
      row[0] = i;
      int j0 = 0;
      double[] least = new double[n + 1];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      boolean[] used = new boolean[n + 1];
      do {
        used[j0] = true;
        int i0 = row[j0];
        int j1 = 0;
        double delta = Double.POSITIVE_INFINITY;
        for (int j = 1; j <= n; j++) {
          if (!used[j]) {
            double cost = -score[i0 - 1][j - 1] - u[i0] - v[j];
            if (cost < least[j]) {
              least[j] = cost;
              way[j] = j0;
            }
            if (least[j] < delta) {
              delta = least[j];
              j1 = j;
            }
          }
        }
        for (int j = 0; j <= n; j++) {
          if (used[j]) {
            u[row[j]] += delta;
            v[j] -= delta;
          } else {
            least[j] -= delta;
          }
        }
        j0 = j1;
      } while (row[j0] != 0);
      do {
        int j1 = way[j0];
        row[j0] = row[j1];
        j0 = j1;
      } while (j0 != 0);
    }
    double total = 0;
    for (int j = 1; j <= n; j++) {
      total += score[row[j] - 1][j - 1];
    }
    return total;
  }
}
