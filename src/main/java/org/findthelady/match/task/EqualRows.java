package org.findthelady.match.task;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Pairs rows by their keyed sums, where both sides hold exactly the same ones.
 *
 * @param columnOf for every reference leaf the suspect leaf with equal sums; equal ones by index
 * @param twin for every reference leaf another one with equal sums, or -1
 */
public record EqualRows(int[] columnOf, int[] twin) {
  /** Null if the two sides differ in any row. */
  public static EqualRows of(DuplicateUnitsTask.Twins sums) {
    int n = sums.reference().length / 2;
    int[] here = sorted(sums.reference());
    int[] there = sorted(sums.suspect());
    int[] columnOf = new int[n];
    int[] twin = new int[n];
    for (int k = 0; k < n; k++) {
      for (int half = 0; half < 2; half++) {
        if (sums.reference()[2 * here[k] + half] != sums.suspect()[2 * there[k] + half]) {
          return null;
        }
      }
      columnOf[here[k]] = there[k];
      twin[here[k]] = -1;
      if (k > 0 && sums.inReference(here[k], here[k - 1])) {
        twin[here[k]] = here[k - 1];
        twin[here[k - 1]] = here[k];
      }
    }
    return new EqualRows(columnOf, twin);
  }

  private static int[] sorted(long[] sums) {
    return IntStream.range(0, sums.length / 2)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingLong(leaf -> sums[2 * leaf])
                .thenComparingLong(leaf -> sums[2 * leaf + 1])
                .thenComparingInt(leaf -> leaf))
        .mapToInt(leaf -> leaf)
        .toArray();
  }

  public EqualRows {
    columnOf = Arrays.copyOf(columnOf, columnOf.length);
    twin = Arrays.copyOf(twin, twin.length);
  }

  /** For every reference leaf the suspect leaf that alone equals it, or -1. */
  public int[] named() {
    int[] named = columnOf.clone();
    for (int row = 0; row < named.length; row++) {
      named[row] = twin[row] < 0 ? named[row] : -1;
    }
    return named;
  }
}
