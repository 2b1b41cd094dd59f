package org.findthelady.match.task;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of units that numbers which survived an attack name, member by member.
 *
 * @param named by member: for every reference unit the suspect unit, or -1
 */
public record SurvivingWeights(List<int[]> named) implements Serializable {
  public SurvivingWeights {
    named = List.copyOf(named);
  }

  /** For every reference unit the suspect unit that all members name that name one, or -1. */
  public int[] columnOf(int units) {
    int[] columnOf = new int[units];
    Arrays.fill(columnOf, -1);
    int[] rowOf = new int[units];
    Arrays.fill(rowOf, -1);
    for (int row = 0; row < units; row++) {
      int column = column(row);
      if (column >= 0 && rowOf[column] < 0) {
        rowOf[column] = row;
        columnOf[row] = column;
      } else if (column >= 0) {
        columnOf[rowOf[column]] = -1;
      }
    }
    return columnOf;
  }

  /** Whether members bear each other out: more units are named twice alike than differently. */
  public boolean corroborated(int units) {
    int balance = 0;
    for (int row = 0; row < units; row++) {
      int voices = voices(row);
      balance += voices < 2 ? 0 : column(row) >= 0 ? 1 : -1;
    }
    return balance > 1;
  }

  private int voices(int row) {
    int voices = 0;
    for (int[] member : named) {
      voices += member[row] >= 0 ? 1 : 0;
    }
    return voices;
  }

  private int column(int row) {
    int column = -1;
    for (int[] member : named) {
      if (member[row] >= 0 && column >= 0 && member[row] != column) {
        return -1;
      }
      column = Math.max(column, member[row]);
    }
    return column;
  }
}
