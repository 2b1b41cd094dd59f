package org.findthelady.pair;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.findthelady.match.kernel.FisherZ;
import org.findthelady.match.kernel.Thresholds;

/** Which row of a table is which of another one, whose columns lie alike. */
final class RowPairing {
  /** Pairs of rows of tables of different lengths that are all held against each other. */
  private static final long MOST_CELLS = 1 << 25;

  /** Probability that any two of the rows that are held against each other are paired by chance. */
  private static final double CHANCE = 0.01;

  /** Likeness of rows of the same numbers: more than any two that are not. */
  private static final double EQUAL = 2;

  private final int[] theirs;
  private final int rows;
  private final double relative;

  private RowPairing(int[] theirs, int rows, double relative) {
    this.theirs = theirs;
    this.rows = rows;
    this.relative = relative;
  }

  /**
   * Pairs rows in their order: those at the same index that are alike, or, if the lengths differ,
   * as many as keep their order. Rows that hold the very numbers of another one are taken from
   * there, however alike both are. Then the others by their cosines, each with the one that is most
   * like it and finds it most like itself, if no other row is nearly as much like it.
   *
   * @param width numbers of a row
   * @param most multiplications; null is returned if it would take more
   */
  static RowPairing of(float[] ours, float[] theirs, int width, double most) throws IOException {
    float[] a = normalised(ours, width);
    float[] b = normalised(theirs, width);
    int n = ours.length / width;
    int m = theirs.length / width;
    int[] pairs = new int[n];
    Arrays.fill(pairs, -1);
    BitSet taken = new BitSet();
    if (n != m && (long) n * m <= MOST_CELLS) {
      Likeness likeness =
          (i, j) -> same(ours, i, theirs, j, width) ? EQUAL : dot(a, i, b, j, width);
      rising(n, m, likeness, least((double) n * m, width), pairs);
      Arrays.stream(pairs).filter(row -> row >= 0).forEach(taken::set);
    }
    if (taken.isEmpty()) {
      inPlace(a, b, width, pairs);
      equal(ours, theirs, width, pairs);
      Arrays.stream(pairs).filter(row -> row >= 0).forEach(taken::set);
    }
    int[] open = IntStream.range(0, n).filter(row -> pairs[row] < 0).toArray();
    int[] free = IntStream.range(0, m).filter(row -> !taken.get(row)).toArray();
    if ((double) open.length * free.length * width > most) {
      return null;
    }
    pair(a, b, width, open, free, pairs);
    if (n == m) {
      // A row that nothing answers to was changed where it lies.
      BitSet used = new BitSet();
      Arrays.stream(pairs).filter(j -> j >= 0).forEach(used::set);
      for (int row : open) {
        pairs[row] = pairs[row] < 0 && !used.get(row) ? row : pairs[row];
      }
    }
    return new RowPairing(pairs, m, relative(ours, theirs, width, pairs));
  }

  /** Pairs rows at the same index that are alike, or zero in both. */
  private static void inPlace(float[] a, float[] b, int width, int[] pairs) {
    for (int row = 0; row < Math.min(a.length, b.length) / width; row++) {
      boolean zero = dot(a, row, a, row, width) == 0 && dot(b, row, b, row, width) == 0;
      pairs[row] = zero || dot(a, row, b, row, width) > Thresholds.SAME_ROW ? row : -1;
    }
  }

  /**
   * Gives rows that are not the same numbers at their index those of the one row that is, where
   * what lies there is not at its own index either.
   */
  private static void equal(float[] ours, float[] theirs, int width, int[] pairs) {
    int n = Math.min(ours.length, theirs.length) / width;
    Map<Integer, Integer> places = new HashMap<>();
    BitSet changed = new BitSet();
    for (int row = 0; row < n; row++) {
      if (!same(ours, row, theirs, row, width)) {
        changed.set(row);
        places.merge(hash(theirs, row, width), row, (one, other) -> -1);
      }
    }
    int[] elsewhere = new int[n];
    Arrays.fill(elsewhere, -1);
    BitSet given = new BitSet();
    for (int row = changed.nextSetBit(0); row >= 0; row = changed.nextSetBit(row + 1)) {
      int there = places.getOrDefault(hash(ours, row, width), -1);
      if (there >= 0 && same(ours, row, theirs, there, width) && !given.get(there)) {
        elsewhere[row] = there;
        given.set(there);
      }
    }
    for (int row = 0; row < n; row++) {
      if (elsewhere[row] >= 0) {
        pairs[row] = elsewhere[row];
      } else if (pairs[row] >= 0 && given.get(pairs[row])) {
        pairs[row] = -1;
      }
    }
  }

  private static boolean same(float[] a, int i, float[] b, int j, int width) {
    int one = i * width;
    int other = j * width;
    return Arrays.equals(a, one, one + width, b, other, other + width);
  }

  private static int hash(float[] values, int row, int width) {
    int hash = 1;
    for (int i = row * width; i < (row + 1) * width; i++) {
      hash = 31 * hash + Float.floatToIntBits(values[i]);
    }
    return hash;
  }

  /** How much a row of the first table is like one of the second. */
  private interface Likeness {
    double of(int one, int other);
  }

  /** Pairs rows in order, so that the sum of what their likeness exceeds a bound by is greatest. */
  private static void rising(int n, int m, Likeness likeness, double least, int[] pairs) {
    byte[][] steps = new byte[n][m];
    float[] above = new float[m + 1];
    for (int i = 0; i < n; i++) {
      float[] here = new float[m + 1];
      for (int j = 0; j < m; j++) {
        double gain = likeness.of(i, j) - least;
        float both = gain > 0 ? (float) (above[j] + gain) : -1;
        float skip = Math.max(above[j + 1], here[j]);
        here[j + 1] = Math.max(both, skip);
        steps[i][j] = (byte) (both >= skip ? 0 : above[j + 1] >= here[j] ? 1 : 2);
      }
      above = here;
    }
    for (int i = n - 1, j = m - 1; i >= 0 && j >= 0; ) {
      switch (steps[i][j]) {
        case 0 -> pairs[i--] = j--;
        case 1 -> i--;
        default -> j--;
      }
    }
  }

  private static void pair(float[] a, float[] b, int width, int[] open, int[] free, int[] pairs) {
    int[] back = new int[free.length];
    double[] backBest = new double[free.length];
    int[] best = new int[open.length];
    double[] cosines = new double[open.length];
    double[] seconds = new double[open.length];
    Arrays.fill(back, -1);
    for (int i = 0; i < open.length; i++) {
      cosines[i] = -1;
      seconds[i] = -1;
      for (int j = 0; j < free.length; j++) {
        double cosine = dot(a, open[i], b, free[j], width);
        if (cosine > cosines[i]) {
          seconds[i] = cosines[i];
          cosines[i] = cosine;
          best[i] = j;
        } else {
          seconds[i] = Math.max(seconds[i], cosine);
        }
        if (back[j] < 0 || cosine > backBest[j]) {
          backBest[j] = cosine;
          back[j] = i;
        }
      }
    }
    double least = least((double) open.length * free.length, width);
    boolean sameLength = a.length == b.length;
    for (int i = 0; i < open.length && free.length > 0; i++) {
      boolean clear =
          cosines[i] > seconds[i] + Thresholds.ROW_AHEAD
              && (!sameLength
                  || free[best[i]] == open[i]
                  || isBeyondNoise(cosines[i], dot(a, open[i], b, open[i], width), width));
      if (back[best[i]] == i && cosines[i] > least && clear) {
        pairs[open[i]] = free[best[i]];
      }
    }
  }

  /** Whether a row is more like another one than like that at its own index, noise aside. */
  private static boolean isBeyondNoise(double elsewhere, double here, int width) {
    double errors = Thresholds.ROW_DEVIATIONS * Math.sqrt(2.0 / Math.max(1, width - 3));
    return FisherZ.of(elsewhere) - FisherZ.of(here) > errors;
  }

  /** The cosine above which two rows are one: what no two directions of many reach by chance. */
  private static double least(double pairs, int width) {
    double chance = 1 - Math.pow(CHANCE / Math.max(1, pairs), 2.0 / Math.max(1, width - 1));
    return Math.max(Thresholds.RELIABLE_DIRECTION, Math.sqrt(Math.max(0, chance)));
  }

  private static float[] normalised(float[] values, int width) {
    float[] normalised = values.clone();
    for (int at = 0; at < values.length; at += width) {
      double squares = 0;
      for (int i = at; i < at + width; i++) {
        squares += (double) values[i] * values[i];
      }
      float factor = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
      for (int i = at; i < at + width; i++) {
        normalised[i] *= factor;
      }
    }
    return normalised;
  }

  private static float dot(float[] a, int i, float[] b, int j, int width) {
    float dot = 0;
    for (int k = 0; k < width; k++) {
      dot += a[i * width + k] * b[j * width + k];
    }
    return dot;
  }

  private static double relative(float[] ours, float[] theirs, int width, int[] pairs) {
    double gap = 0;
    double squares = 0;
    for (int row = 0; row < pairs.length; row++) {
      for (int i = 0; i < width && pairs[row] >= 0; i++) {
        double our = ours[row * width + i];
        double difference = our - theirs[pairs[row] * width + i];
        gap += difference * difference;
        squares += our * our;
      }
    }
    return squares == 0 ? 0 : Math.sqrt(gap / squares);
  }

  /** For every row of the first table that of the second; -1 if it is not there. */
  int[] theirs() {
    return theirs;
  }

  /** Rows of the second table that the first has not. */
  int[] added() {
    BitSet used = new BitSet();
    Arrays.stream(theirs).filter(row -> row >= 0).forEach(used::set);
    return IntStream.range(0, rows).filter(row -> !used.get(row)).toArray();
  }

  /** Whether every row lies where it did. */
  boolean isPlain() {
    return theirs.length == rows && IntStream.range(0, rows).allMatch(row -> theirs[row] == row);
  }

  /** Of the rows that both have. */
  double relativeDifference() {
    return relative;
  }
}
