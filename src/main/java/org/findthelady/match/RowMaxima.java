package org.findthelady.match;

import java.util.Arrays;

/**
 * The paper's permutation: every suspect unit goes to the reference unit that is most like it.
 * Where several go to one, the one that is most like it stays; units that nobody goes to get those
 * left over, in index order, so that the permutation can be applied.
 */
final class RowMaxima {
  private RowMaxima() {}

  /**
   * Suspect unit of each reference unit.
   *
   * @param first unit of an instance; all indices count from it
   * @param size units of the instance
   */
  static int[] of(GroupScores comparison, int first, int size) {
    int[] columnOf = new int[size];
    Arrays.fill(columnOf, -1);
    boolean[] placed = new boolean[size];
    for (int column = 0; column < size; column++) {
      int row = comparison.bestRow(first + column) - first;
      if (row < 0) {
        continue;
      }
      int rival = columnOf[row];
      if (rival < 0 || best(comparison, first + column) > best(comparison, first + rival)) {
        columnOf[row] = column;
        placed[column] = true;
        if (rival >= 0) {
          placed[rival] = false;
        }
      }
    }
    int next = 0;
    for (int row = 0; row < size; row++) {
      if (columnOf[row] < 0) {
        while (placed[next]) {
          next++;
        }
        columnOf[row] = next++;
      }
    }
    return columnOf;
  }

  private static float best(GroupScores comparison, int column) {
    return comparison.columns().score(column, 0);
  }
}
