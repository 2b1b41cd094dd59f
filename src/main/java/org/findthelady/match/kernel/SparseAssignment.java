package org.findthelady.match.kernel;

import java.io.IOException;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Exact maximum linear assignment of n rows to n columns from short candidate lists: every row
 * takes its best column; rows whose best is taken are placed by shortest augmenting paths
 * (Jonker-Volgenant), which touch only the rows that collide. Where a path could be shorter through
 * a candidate that no list holds, the lists grow; so the result is the full matrix's optimum.
 *
 * <p>Invariants between augmentations: {@code rowPrice[i] + columnPrice[j] >= score(i, j)} for all
 * pairs, listed or not, with equality where i holds j; column prices are not negative, and 0 at
 * free columns.
 */
public final class SparseAssignment {
  /** After so many, all rows are asked for at once: each asking reads the weights again. */
  private static final int FEW_FETCHES = 3;

  private final int n;
  private final TopLists[] lists;
  private final int[] items;
  private final RowSource source;
  private final double[] rowPrice;
  private final double[] columnPrice;
  private final int[] columnOf;
  private final int[] rowOf;

  /** Shortest way to a free column that is known so far. */
  private double limit;

  private int fetches;

  private SparseAssignment(TopLists lists, RowSource source) {
    this.n = lists.items();
    this.lists = new TopLists[n];
    this.items = new int[n];
    this.source = source;
    Arrays.fill(this.lists, lists);
    Arrays.setAll(items, i -> i);
    this.rowPrice = new double[n];
    this.columnPrice = new double[n];
    this.columnOf = new int[n];
    this.rowOf = new int[n];
  }

  /**
   * Solves.
   *
   * @param lists the best candidates of each row; indices 0..n-1
   * @return the column of each row, a bijection whose total score is greatest
   */
  public static int[] solve(TopLists lists, RowSource source) throws IOException {
    return new SparseAssignment(lists, source).solve();
  }

  private int[] solve() throws IOException {
    Arrays.fill(columnOf, -1);
    Arrays.fill(rowOf, -1);
    for (int i = 0; i < n; i++) {
      int best = lists[i].index(items[i], 0);
      rowPrice[i] = lists[i].score(items[i], 0);
      if (rowOf[best] < 0) {
        rowOf[best] = i;
        columnOf[i] = best;
      }
    }
    lengthen(free());
    for (int i = 0; i < n; i++) {
      if (columnOf[i] < 0) {
        augment(i);
      }
    }
    return columnOf;
  }

  private int[] free() {
    int[] rows = new int[n];
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (columnOf[i] < 0) {
        rows[count++] = i;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private record Reached(double distance, int column) implements Comparable<Reached> {
    @Override
    public int compareTo(Reached other) {
      int byDistance = Double.compare(distance, other.distance);
      return byDistance != 0 ? byDistance : Integer.compare(column, other.column);
    }
  }

  /** Finds the shortest augmenting path from a free row, lengthening lists until it is proved. */
  private void augment(int start) throws IOException {
    while (true) {
      double[] distance = new double[n];
      int[] from = new int[n];
      boolean[] done = new boolean[n];
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      PriorityQueue<Reached> queue = new PriorityQueue<>();
      int[] scanned = new int[n];
      double[] scannedAt = new double[n];
      int count = 0;
      double bound = Double.POSITIVE_INFINITY;
      int row = start;
      double base = 0;
      limit = Double.POSITIVE_INFINITY;
      int end = -1;
      while (true) {
        scanned[count] = row;
        scannedAt[count++] = base;
        bound = Math.min(bound, base + unlisted(row));
        scan(row, base, distance, from, done, queue);
        Reached next = queue.poll();
        while (next != null && (done[next.column] || next.distance > distance[next.column])) {
          next = queue.poll();
        }
        if (next == null || next.distance > bound) {
          break;
        }
        done[next.column] = true;
        if (rowOf[next.column] < 0) {
          end = next.column;
          break;
        }
        row = rowOf[next.column];
        base = next.distance;
      }
      if (end >= 0) {
        reprice(distance[end], start, done, distance, end);
        flip(start, end, from);
        return;
      }
      lengthen(blocking(scanned, scannedAt, count, bound));
    }
  }

  /** Least reduced cost that a candidate outside the row's list can have. */
  private double unlisted(int row) {
    return lists[row].length() >= n
        ? Double.POSITIVE_INFINITY
        : rowPrice[row] - lists[row].last(items[row]);
  }

  private void scan(
      int row,
      double base,
      double[] distance,
      int[] from,
      boolean[] done,
      PriorityQueue<Reached> queue) {
    TopLists list = lists[row];
    int item = items[row];
    for (int rank = 0; rank < list.length(); rank++) {
      int column = list.index(item, rank);
      if (column < 0) {
        return;
      }
      if (done[column]) {
        continue;
      }
      double least = base + rowPrice[row] - list.score(item, rank);
      if (least > limit) {
        return;
      }
      double reached = Math.max(base, least + columnPrice[column]);
      if (reached < distance[column] && reached <= limit) {
        if (rowOf[column] < 0) {
          limit = reached;
        }
        distance[column] = reached;
        from[column] = row;
        queue.add(new Reached(reached, column));
      }
    }
  }

  private void reprice(double length, int start, boolean[] done, double[] distance, int end) {
    rowPrice[start] -= length;
    for (int column = 0; column < n; column++) {
      if (done[column] && column != end) {
        double gain = length - distance[column];
        columnPrice[column] += gain;
        rowPrice[rowOf[column]] -= gain;
      }
    }
  }

  private void flip(int start, int end, int[] from) {
    int column = end;
    while (true) {
      int row = from[column];
      int next = columnOf[row];
      columnOf[row] = column;
      rowOf[column] = row;
      if (row == start) {
        return;
      }
      column = next;
    }
  }

  /** The scanned rows whose unlisted candidates stand in the way of a proof. */
  private int[] blocking(int[] scanned, double[] at, int count, double bound) {
    int[] rows = new int[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (lists[scanned[i]].length() < n
          && at[i] + unlisted(scanned[i]) <= bound + Math.abs(bound) * 0.5 + 1e-12) {
        rows[kept++] = scanned[i];
      }
    }
    return Arrays.copyOf(rows, kept);
  }

  private void lengthen(int[] rows) throws IOException {
    if (rows.length == 0) {
      return;
    }
    Arrays.sort(rows);
    int shortest = Arrays.stream(rows).map(row -> lists[row].length()).min().orElse(n);
    if (shortest >= n) {
      return;
    }
    int length = Math.min(n, 8 * shortest);
    int[] asked = rows;
    if (++fetches > FEW_FETCHES) {
      asked = IntStream.range(0, n).filter(row -> lists[row].length() < length).toArray();
    }
    TopLists longer = source.fetch(asked, length);
    for (int k = 0; k < asked.length; k++) {
      if (lists[asked[k]].length() < longer.length()) {
        lists[asked[k]] = longer;
        items[asked[k]] = k;
      }
    }
  }
}
