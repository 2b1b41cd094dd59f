package org.findthelady.match;

import java.util.Arrays;

/**
 * Cosines of all pairs of sketches, in blocks of rows; the best few of each row and column stay.
 */
final class SketchScores {
  private final TopLists rows;
  private final TopLists columns;
  private Spread spread = Spread.NONE;

  /** Bytes of a block of scores: it should stay in a core's share of the cache. */
  private static final int BLOCK_BYTES = 4 << 20;

  /** Columns that are looked at before a row's list is of any use. */
  private static final int FIRST = 32;

  SketchScores(Sketch here, Sketch there, int keep) {
    int n = here.squares().length;
    int length = here.length();
    this.rows = new TopLists(n, Math.min(keep, n));
    this.columns = new TopLists(n, Math.min(keep, n));
    normaliseInPlace(here.sums(), length);
    normaliseInPlace(there.sums(), length);
    int step = Math.min(n, Math.max(64, BLOCK_BYTES / 4 / n));
    float[] block = new float[Math.multiplyExact(step, n)];
    for (int from = 0; from < n; from += step) {
      int count = Math.min(step, n - from);
      Arrays.fill(block, 0, count * n, 0);
      Blas.addProduct(
          false,
          count,
          n,
          length,
          1,
          here.sums(),
          from * length,
          length,
          there.sums(),
          0,
          length,
          block,
          0);
      keep(block, from, count, n);
    }
  }

  private void keep(float[] block, int from, int count, int n) {
    float[] least = new float[n];
    for (int j = 0; j < n; j++) {
      least[j] = columns.last(j);
    }
    int[] hits = new int[n];
    for (int i = 0; i < count; i++) {
      int base = i * n;
      int row = from + i;
      for (int first = 0, end = FIRST; first < n; first = end, end *= 2) {
        int found = hits(block, base, first, Math.min(n, end), rows.last(row), least, hits);
        for (int k = 0; k < found; k++) {
          int j = hits[k];
          rows.offer(row, j, block[base + j]);
          if (block[base + j] > least[j]) {
            columns.offer(j, row, block[base + j]);
            least[j] = columns.last(j);
          }
        }
      }
      if (i % 8 == 0) {
        spread = spread.plus(spread(block, base, n, rows.score(row, 0)));
      }
    }
  }

  /**
   * Columns {@code first .. end} whose score may go into a list. The columns before have told what
   * a row's list wants at least; as many again follow, so that few are in vain.
   */
  private static int hits(
      float[] block, int base, int first, int end, float floor, float[] least, int[] hits) {
    int found = 0;
    for (int j = first; j < end; j++) {
      float score = block[base + j];
      if (score > floor || score > least[j]) {
        hits[found++] = j;
      }
    }
    return found;
  }

  private static Spread spread(float[] block, int base, int n, float best) {
    double sum = 0;
    double squares = 0;
    long counted = 0;
    for (int j = 0; j < n; j++) {
      double score = block[base + j];
      if (score < best) {
        sum += score;
        squares += score * score;
        counted++;
      }
    }
    return new Spread(counted, sum, squares);
  }

  private static void normaliseInPlace(float[] sums, int length) {
    for (int from = 0; from < sums.length; from += length) {
      double square = 0;
      for (int i = from; i < from + length; i++) {
        square += (double) sums[i] * sums[i];
      }
      float factor =
          square > 0 && square < Double.POSITIVE_INFINITY ? (float) (1 / Math.sqrt(square)) : 0;
      for (int i = from; i < from + length; i++) {
        sums[i] = factor == 0 ? 0 : sums[i] * factor;
      }
    }
  }

  TopLists rows() {
    return rows;
  }

  TopLists columns() {
    return columns;
  }

  Spread spread() {
    return spread;
  }
}
