package org.findthelady.match.kernel;

import java.util.Arrays;

/**
 * Cosines of all pairs of sketches, in blocks that stay in a core's cache; the best few of each row
 * and column stay.
 */
public final class SketchScores {
  private static final int ROWS = 256;
  private static final int COLUMNS = 512;

  /** Columns that are looked at before a row's list is of any use. */
  private static final int FIRST = 32;

  /** Of so many rows one tells how scores are spread. */
  private static final int SAMPLED = 8;

  private final int n;
  private final TopLists rows;
  private final TopLists columns;
  private final float[] block;
  private final float[] least;
  private final float[] sample;
  private final int[] hits;
  private ScoreMoments spread = ScoreMoments.NONE;

  public SketchScores(Sketch here, Sketch there, int keep) {
    this.n = here.squares().length;
    this.rows = new TopLists(n, Math.min(keep, n));
    this.columns = new TopLists(n, Math.min(keep, n));
    int height = Math.min(n, ROWS);
    int width = Math.min(n, COLUMNS);
    this.block = new float[height * width];
    this.least = new float[n];
    this.sample = new float[Math.multiplyExact((height + SAMPLED - 1) / SAMPLED, n)];
    this.hits = new int[width];
    Arrays.fill(least, Float.NEGATIVE_INFINITY);
    int length = here.length();
    normaliseInPlace(here.sums(), length);
    normaliseInPlace(there.sums(), length);
    for (int from = 0; from < n; from += height) {
      int count = Math.min(height, n - from);
      for (int first = 0; first < n; first += width) {
        int across = Math.min(width, n - first);
        multiply(here.sums(), from, count, there.sums(), first, across, length);
        keep(from, count, first, across);
      }
      for (int i = 0; i < count; i += SAMPLED) {
        spread = spread.plus(spread(sample, i / SAMPLED * n, n, rows.score(from + i, 0)));
      }
    }
  }

  private void multiply(
      float[] here, int from, int count, float[] there, int first, int across, int length) {
    Arrays.fill(block, 0, count * across, 0);
    Blas.addProduct(
        false,
        count,
        across,
        length,
        1,
        here,
        from * length,
        length,
        there,
        first * length,
        length,
        block,
        0);
  }

  /** Keeps what is best of a block of {@code count} rows and {@code across} columns. */
  private void keep(int from, int count, int first, int across) {
    for (int i = 0; i < count; i++) {
      int base = i * across;
      int row = from + i;
      for (int at = 0, end = first == 0 ? FIRST : across; at < across; at = end, end *= 2) {
        int found = hits(block, base - first, first + at, first + Math.min(across, end), row);
        for (int k = 0; k < found; k++) {
          int j = hits[k];
          float score = block[base + j - first];
          rows.offer(row, j, score);
          if (score > least[j]) {
            columns.offer(j, row, score);
            least[j] = columns.last(j);
          }
        }
      }
      if (i % SAMPLED == 0) {
        System.arraycopy(block, base, sample, i / SAMPLED * n + first, across);
      }
    }
  }

  /**
   * Columns {@code first .. end} whose score may go into a list. The columns before have told what
   * a row's list wants at least; as many again follow, so that few are in vain.
   */
  private int hits(float[] block, int base, int first, int end, int row) {
    return hits(block, base, first, end, rows.last(row), least, hits);
  }

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

  private static ScoreMoments spread(float[] block, int base, int n, float best) {
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
    return new ScoreMoments(counted, sum, squares);
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

  public TopLists rows() {
    return rows;
  }

  public TopLists columns() {
    return columns;
  }

  public ScoreMoments spread() {
    return spread;
  }
}
