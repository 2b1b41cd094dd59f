package org.findthelady.match;

import java.util.Arrays;
import org.findthelady.match.task.ScoreBlock;

/**
 * Settles the doubtful units of a comparison by weights that were left alone. An attack on some
 * tensors leaves others (biases, normalisation parameters) the same numbers in another order; where
 * such a tensor holds different numbers for all of a group's units, it tells their places exactly,
 * however strong the noise on the rest.
 */
final class ExactValueTieBreaker {
  private final GroupScores comparison;
  private final int[] named;
  private final boolean corroborated;

  /**
   * @param named for every reference unit the suspect unit that has what was left alone, or -1
   * @param corroborated whether that is proof for itself
   */
  ExactValueTieBreaker(GroupScores comparison, int[] named, boolean corroborated) {
    this.comparison = comparison;
    this.named = named;
    this.corroborated = corroborated;
  }

  /**
   * Gives doubtful units their equals, if these are held by doubtful units too. Nothing is done
   * where the untouched weights contradict a unit that is not in doubt: then they did not move with
   * the neurons. They are proof where they agree with such a unit, and else a guess; never proof
   * for a unit whose other weights are not numbers.
   */
  void settle() {
    int[] columnOf = comparison.columnOf().clone();
    boolean[] doubtful = new boolean[columnOf.length];
    boolean[] free = new boolean[columnOf.length];
    boolean confirmed = corroborated;
    for (int row = 0; row < columnOf.length; row++) {
      doubtful[row] = !MatchConfidence.matched(comparison, row);
      if (doubtful[row]) {
        free[columnOf[row]] = true;
      } else if (named[row] >= 0) {
        if (named[row] != columnOf[row]) {
          return;
        }
        confirmed = true;
      }
    }
    boolean[] proved = new boolean[columnOf.length];
    int[] settled = columnOf.clone();
    for (int row = 0; row < columnOf.length; row++) {
      int column = named[row];
      if (doubtful[row] && column >= 0 && free[column]) {
        settled[row] = column;
        free[column] = false;
        proved[row] = confirmed && comparison.score(row, column) > ScoreBlock.IMPOSSIBLE / 2;
        doubtful[row] = false;
      }
    }
    fillRest(doubtful, free, columnOf, settled);
    comparison.settle(settled);
    comparison.prove(proved);
  }

  /** Units that nothing settled keep their place where it is still free. */
  private static void fillRest(boolean[] open, boolean[] free, int[] columnOf, int[] settled) {
    boolean[] homeless = Arrays.copyOf(open, open.length);
    for (int row = 0; row < open.length; row++) {
      if (open[row] && free[columnOf[row]]) {
        free[columnOf[row]] = false;
        homeless[row] = false;
      }
    }
    int column = 0;
    for (int row = 0; row < open.length; row++) {
      if (homeless[row]) {
        while (!free[column]) {
          column++;
        }
        settled[row] = column++;
      }
    }
  }
}
