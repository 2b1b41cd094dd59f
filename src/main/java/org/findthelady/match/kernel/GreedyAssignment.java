package org.findthelady.match.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A one-to-one choice where no choice is better than chance: the best of all listed pairs first,
 * and what is left in order. Needs no score that is not listed.
 */
public final class GreedyAssignment {
  private record Pair(int row, int column, float score) {}

  private GreedyAssignment() {}

  /**
   * Chooses.
   *
   * @param lists the best candidates of each row; indices 0..n-1
   * @return the column of each row, a bijection
   */
  public static int[] solve(TopLists lists) {
    int n = lists.items();
    List<Pair> pairs = new ArrayList<>();
    for (int row = 0; row < n; row++) {
      for (int rank = 0; rank < lists.length() && lists.index(row, rank) >= 0; rank++) {
        pairs.add(new Pair(row, lists.index(row, rank), lists.score(row, rank)));
      }
    }
    pairs.sort(
        Comparator.comparingDouble((Pair pair) -> -pair.score()).thenComparingInt(Pair::row));
    int[] columnOf = new int[n];
    boolean[] taken = new boolean[n];
    Arrays.fill(columnOf, -1);
    for (Pair pair : pairs) {
      if (columnOf[pair.row()] < 0 && !taken[pair.column()]) {
        columnOf[pair.row()] = pair.column();
        taken[pair.column()] = true;
      }
    }
    int column = 0;
    for (int row = 0; row < n; row++) {
      while (columnOf[row] < 0 && taken[column]) {
        column++;
      }
      if (columnOf[row] < 0) {
        columnOf[row] = column;
        taken[column] = true;
      }
    }
    return columnOf;
  }
}
