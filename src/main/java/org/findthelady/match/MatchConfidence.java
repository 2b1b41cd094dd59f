package org.findthelady.match;

import java.util.Arrays;
import java.util.TreeMap;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.task.DuplicateUnitsTask;

/**
 * What each settled unit of a comparison is: its state, once it is known which units are equal in
 * all weights.
 */
final class MatchConfidence {
  private MatchConfidence() {}

  /** Log odds from which a place is taken as known: one wrong in e^7 per group, all units tried. */
  static double enough(int units) {
    return Math.log(units) + Thresholds.SURE_ODDS;
  }

  /** Whether any unit's place is not known for sure. */
  static boolean unsure(GroupScores comparison) {
    for (int unit = 0; unit < comparison.group().units(); unit++) {
      if (!matched(comparison, unit)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a unit's place is known for sure. */
  static boolean matched(GroupScores comparison, int unit) {
    return comparison.group().size() == 1
        || comparison.isProved(unit)
        || (!comparison.isDoubted(unit)
            && comparison.logOdds(unit) > enough(comparison.group().units())
            && !(comparison.cosineMargin(unit) <= comparison.slack()));
  }

  /**
   * States of all units.
   *
   * @param duplicates equal units, or null if none were looked for
   */
  static byte[] of(GroupScores comparison, DuplicateUnitsTask.UnitHashes duplicates) {
    byte[] states = new byte[comparison.group().units()];
    for (int unit = 0; unit < states.length; unit++) {
      MatchState state = MatchState.MATCHED;
      if (!matched(comparison, unit)) {
        boolean any = duplicates != null && harmless(comparison, duplicates, unit);
        state = any ? MatchState.INTERCHANGEABLE : MatchState.AMBIGUOUS;
      }
      states[unit] = state.code();
    }
    return states;
  }

  /**
   * Whether every exchange that the evidence allows is between equal units. A unit that equals its
   * source in every weight can be exchanged with its equals only, however many there are.
   */
  private static boolean harmless(
      GroupScores comparison, DuplicateUnitsTask.UnitHashes duplicates, int row) {
    int[] columnOf = comparison.columnOf();
    int column = columnOf[row];
    if (duplicates.equalAcross(row, column) && duplicates.severalLike(row)) {
      return true;
    }
    int[] rivals = comparison.rivals(row, enough(columnOf.length));
    if (rivals == null || rivals.length == 0) {
      return false;
    }
    for (int rival : rivals) {
      if (!duplicates.inSuspect(column, columnOf[rival]) && !duplicates.inReference(row, rival)) {
        return false;
      }
    }
    return true;
  }

  /** Puts equal suspect units in index order over the reference units that hold them. */
  static void order(GroupScores comparison, DuplicateUnitsTask.UnitHashes duplicates) {
    int[] columnOf = comparison.columnOf();
    TreeMap<Long, int[]> classes = new TreeMap<>();
    for (int row = 0; row < columnOf.length; row++) {
      long key = duplicates.suspect()[2 * columnOf[row]];
      int[] rows = classes.getOrDefault(key, new int[0]);
      rows = Arrays.copyOf(rows, rows.length + 1);
      rows[rows.length - 1] = row;
      classes.put(key, rows);
    }
    for (int[] rows : classes.values()) {
      boolean equal = true;
      for (int row : rows) {
        equal &= duplicates.inSuspect(columnOf[rows[0]], columnOf[row]);
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
