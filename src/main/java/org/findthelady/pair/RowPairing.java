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
      if (IntStream.range(0, Math.min(n, m))
          .allMatch(i -> !isBeyond(likeness, i, pairs[i], width))) {
        // All that chance gained by moving rows: what was removed or added lies at the end.
        Arrays.setAll(pairs, i -> i < m ? i : -1);
      }
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
    Sides sides = new Sides(a, b, width);
    int[] homes = n == m ? IntStream.range(0, n).toArray() : between(pairs, m);
    pair(sides, open, free, homes, pairs);
    // A row that nothing answers to was changed where it lies.
    BitSet used = used(pairs);
    for (int row : open) {
      pairs[row] =
          pairs[row] < 0 && homes[row] >= 0 && !used.get(homes[row]) ? homes[row] : pairs[row];
    }
    rest(sides, open, free, pairs);
    return new RowPairing(pairs, m, relative(ours, theirs, width, pairs));
  }

  private static BitSet used(int[] pairs) {
    BitSet used = new BitSet();
    Arrays.stream(pairs).filter(j -> j >= 0).forEach(used::set);
    return used;
  }

  /**
   * Where rows lie that have no pair yet, between rows in order: as many of both sides between two
   * that are pairs are the same ones, and so are the first behind the last pair.
   */
  private static int[] between(int[] pairs, int m) {
    int[] homes = pairs.clone();
    int here = 0;
    int there = 0;
    for (int row = 0; row <= pairs.length; row++) {
      boolean end = row == pairs.length;
      if (end || pairs[row] >= 0) {
        int next = end ? m : pairs[row];
        for (int i = here; i < row && (end || row - here == next - there); i++) {
          homes[i] = there + i - here < next ? there + i - here : -1;
        }
        here = row + 1;
        there = next + 1;
      }
    }
    return homes;
  }

  /**
   * Gives rows that are much like several others, but lie elsewhere, the one that is left and most
   * like them.
   */
  private static void rest(Sides sides, int[] open, int[] free, int[] pairs) {
    BitSet used = used(pairs);
    int[] rows = Arrays.stream(open).filter(row -> pairs[row] < 0).toArray();
    int[] left = Arrays.stream(free).filter(row -> !used.get(row)).toArray();
    double least = least((double) rows.length * left.length, sides.width());
    for (int row : rows) {
      double most = least;
      for (int other : left) {
        double cosine = used.get(other) ? -1 : sides.cosine(row, other);
        if (cosine > most) {
          most = cosine;
          pairs[row] = other;
        }
      }
      if (pairs[row] >= 0) {
        used.set(pairs[row]);
      }
    }
  }

  /** Whether a row is more like another one than like that at its own index, noise aside. */
  private static boolean isBeyond(Likeness likeness, int row, int other, int width) {
    if (other < 0 || other == row) {
      return false;
    }
    double elsewhere = likeness.of(row, other);
    double here = likeness.of(row, row);
    boolean equal = elsewhere == EQUAL || here == EQUAL;
    return equal ? elsewhere > here : isBeyondNoise(elsewhere, here, width);
  }

  /** Normalised rows of both tables. */
  private record Sides(float[] a, float[] b, int width) {
    float cosine(int one, int other) {
      return dot(a, one, b, other, width);
    }
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

  private static void pair(Sides sides, int[] open, int[] free, int[] homes, int[] pairs) {
    Best rows = new Best(open.length);
    Best columns = new Best(free.length);
    for (int i = 0; i < open.length; i++) {
      for (int j = 0; j < free.length; j++) {
        float cosine = sides.cosine(open[i], free[j]);
        rows.add(i, j, cosine);
        columns.add(j, i, cosine);
      }
    }
    double least = least((double) open.length * free.length, sides.width());
    for (int i = 0; i < open.length && free.length > 0; i++) {
      int j = rows.at[i];
      double cosine = rows.first[i];
      int home = homes[open[i]];
      boolean ahead = cosine > Math.max(rows.second[i], columns.second[j]) + Thresholds.ROW_AHEAD;
      boolean stays = home < 0 || free[j] == home;
      if (columns.at[j] == i
          && cosine > least
          && ahead
          && (stays || isBeyondNoise(cosine, sides.cosine(open[i], home), sides.width()))) {
        pairs[open[i]] = free[j];
      }
    }
  }

  /** For every row of one side the two greatest cosines with those of the other. */
  private static final class Best {
    private final int[] at;
    private final float[] first;
    private final float[] second;

    Best(int rows) {
      at = new int[rows];
      first = new float[rows];
      second = new float[rows];
      Arrays.fill(at, -1);
      Arrays.fill(first, -1);
      Arrays.fill(second, -1);
    }

    void add(int row, int other, float cosine) {
      if (at[row] < 0 || cosine > first[row]) {
        second[row] = first[row];
        first[row] = cosine;
        at[row] = other;
      } else {
        second[row] = Math.max(second[row], cosine);
      }
    }
  }

  /** Whether one cosine is greater than another, noise aside. */
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
