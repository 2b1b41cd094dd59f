package org.findthelady.match.task;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Pairs rows by their keyed sums, where both sides hold exactly the same ones.
 *
 * @param columnOf for every reference unit the suspect unit with equal sums; equal ones by index
 * @param duplicate for every reference unit another one with equal sums, or -1
 */
public record EqualRows(int[] columnOf, int[] duplicate) {
  /** Null if the two sides differ in any row. */
  public static EqualRows of(DuplicateUnitsTask.UnitHashes sums) {
    int n = sums.reference().length / 2;
    int[] here = sorted(sums.reference());
    int[] there = sorted(sums.suspect());
    int[] columnOf = new int[n];
    int[] duplicate = new int[n];
    for (int k = 0; k < n; k++) {
      for (int half = 0; half < 2; half++) {
        if (sums.reference()[2 * here[k] + half] != sums.suspect()[2 * there[k] + half]) {
          return null;
        }
      }
      columnOf[here[k]] = there[k];
      duplicate[here[k]] = -1;
      if (k > 0 && sums.inReference(here[k], here[k - 1])) {
        duplicate[here[k]] = here[k - 1];
        duplicate[here[k - 1]] = here[k];
      }
    }
    return new EqualRows(columnOf, duplicate);
  }

  private static int[] sorted(long[] sums) {
    return IntStream.range(0, sums.length / 2)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingLong(unit -> sums[2 * unit])
                .thenComparingLong(unit -> sums[2 * unit + 1])
                .thenComparingInt(unit -> unit))
        .mapToInt(unit -> unit)
        .toArray();
  }

  public EqualRows {
    columnOf = Arrays.copyOf(columnOf, columnOf.length);
    duplicate = Arrays.copyOf(duplicate, duplicate.length);
  }

  /** For every reference unit the suspect unit that alone equals it, or -1. */
  public int[] named() {
    int[] named = columnOf.clone();
    for (int row = 0; row < named.length; row++) {
      named[row] = duplicate[row] < 0 ? named[row] : -1;
    }
    return named;
  }
}
