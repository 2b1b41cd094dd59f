package org.findthelady.match;

/**
 * Cosines of all pairs of sketches, in blocks of rows; the best few of each row and column stay.
 */
final class SketchScores {
  private final TopLists rows;
  private final TopLists columns;
  private Spread spread = Spread.NONE;

  /** Bytes of a block of scores: it should stay in a core's share of the cache. */
  private static final int BLOCK_BYTES = 4 << 20;

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
      java.util.Arrays.fill(block, 0, count * n, 0);
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
      int found = hits(block, base, n, floor(block, base, n), least, hits);
      for (int k = 0; k < found; k++) {
        int j = hits[k];
        rows.offer(row, j, block[base + j]);
        if (block[base + j] > least[j]) {
          columns.offer(j, row, block[base + j]);
          least[j] = columns.last(j);
        }
      }
      if (i % 8 == 0) {
        spread = spread.plus(spread(block, base, n, rows.score(row, 0)));
      }
    }
  }

  /**
   * A score that the last of a row's list at least has: the least of the best of as many stretches.
   */
  private float floor(float[] block, int base, int n) {
    int stretch = n / rows.length();
    float floor = Float.POSITIVE_INFINITY;
    for (int from = base; from <= base + n - stretch; from += stretch) {
      float best = block[from];
      for (int at = from + 1; at < from + stretch; at++) {
        best = block[at] > best ? block[at] : best;
      }
      floor = Math.min(floor, best);
    }
    return floor;
  }

  /** Columns whose score may go into a list. */
  private static int hits(float[] block, int base, int n, float floor, float[] least, int[] hits) {
    int found = 0;
    for (int j = 0; j < n; j++) {
      float score = block[base + j];
      if (score >= floor || score > least[j]) {
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
