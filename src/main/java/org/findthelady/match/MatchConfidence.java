package org.findthelady.match;

import java.util.Arrays;
import java.util.TreeMap;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.task.DuplicateUnitsTask;

/**
 * What each settled leaf of a comparison is: its state, once it is known which leaves are equal in
 * all weights.
 */
final class MatchConfidence {
  private MatchConfidence() {}

  /**
   * Log odds from which a place is taken as known: one wrong in e^7 per group, all leaves tried.
   */
  static double enough(int leaves) {
    return Math.log(leaves) + 7;
  }

  /** Whether any leaf's place is not known for sure. */
  static boolean unsure(GroupScores comparison) {
    for (int leaf = 0; leaf < comparison.group().leaves(); leaf++) {
      if (!matched(comparison, leaf)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a leaf's place is known for sure. */
  static boolean matched(GroupScores comparison, int leaf) {
    return comparison.group().size() == 1
        || comparison.isProved(leaf)
        || (!comparison.isDoubted(leaf)
            && comparison.logOdds(leaf) > enough(comparison.group().leaves())
            && !(comparison.cosineMargin(leaf) <= comparison.slack()));
  }

  /**
   * States of all leaves.
   *
   * @param twins equal leaves, or null if none were looked for
   */
  static byte[] of(GroupScores comparison, DuplicateUnitsTask.Twins twins) {
    byte[] states = new byte[comparison.group().leaves()];
    for (int leaf = 0; leaf < states.length; leaf++) {
      MatchState state = MatchState.MATCHED;
      if (!matched(comparison, leaf)) {
        boolean any = twins != null && harmless(comparison, twins, leaf);
        state = any ? MatchState.INTERCHANGEABLE : MatchState.AMBIGUOUS;
      }
      states[leaf] = state.code();
    }
    return states;
  }

  /**
   * Whether every exchange that the evidence allows is between equal leaves. A leaf that equals its
   * source in every weight can be exchanged with its equals only, however many there are.
   */
  private static boolean harmless(GroupScores comparison, DuplicateUnitsTask.Twins twins, int row) {
    int[] columnOf = comparison.columnOf();
    int column = columnOf[row];
    if (twins.equalAcross(row, column) && twins.severalLike(row)) {
      return true;
    }
    int[] rivals = comparison.rivals(row, enough(columnOf.length));
    if (rivals == null || rivals.length == 0) {
      return false;
    }
    for (int rival : rivals) {
      if (!twins.inSuspect(column, columnOf[rival]) && !twins.inReference(row, rival)) {
        return false;
      }
    }
    return true;
  }

  /** Puts equal suspect leaves in index order over the reference leaves that hold them. */
  static void order(GroupScores comparison, DuplicateUnitsTask.Twins twins) {
    int[] columnOf = comparison.columnOf();
    TreeMap<Long, int[]> classes = new TreeMap<>();
    for (int row = 0; row < columnOf.length; row++) {
      long key = twins.suspect()[2 * columnOf[row]];
      int[] rows = classes.getOrDefault(key, new int[0]);
      rows = Arrays.copyOf(rows, rows.length + 1);
      rows[rows.length - 1] = row;
      classes.put(key, rows);
    }
    for (int[] rows : classes.values()) {
      boolean equal = true;
      for (int row : rows) {
        equal &= twins.inSuspect(columnOf[rows[0]], columnOf[row]);
      }
      if (rows.length > 1 && equal) {
        int[] columns = Arrays.stream(rows).map(row -> columnOf[row]).sorted().toArray();
        for (int i = 0; i < rows.length; i++) {
          columnOf[rows[i]] = columns[i];
        }
      }
    }
  }
}
