package org.findthelady.align;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.findthelady.core.Shape;

/**
 * Some rows of a stored tensor: slices along its first axis, in any order.
 *
 * @param rows for every shown row the stored one
 * @param interleaved whether the others are rows of other matrices, as where queries, keys and
 *     values lie head by head
 */
public record RowExcerpt(int[] rows, boolean interleaved) implements Excerpt {
  public RowExcerpt {
    rows = rows.clone();
    if (rows.length == 0 || Arrays.stream(rows).anyMatch(row -> row < 0)) {
      throw new IllegalArgumentException("an excerpt of %d rows".formatted(rows.length));
    }
  }

  RowExcerpt(int[] rows) {
    this(rows, false);
  }

  /**
   * Rows that lie in runs.
   *
   * @param first row of the first run
   * @param run rows of each
   * @param step rows from one run to the next
   */
  static RowExcerpt runs(int first, int run, int step, int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> first + i / run * step + i % run);
    return new RowExcerpt(rows, true);
  }

  /** The first rows of a tensor. */
  static RowExcerpt first(int count) {
    return new RowExcerpt(IntStream.range(0, count).toArray());
  }

  /**
   * What is shown of a tensor.
   *
   * @throws IllegalArgumentException if the tensor has too few rows
   */
  @Override
  public Shape of(Shape stored) {
    for (int row : rows) {
      if (row >= stored.length(0)) {
        throw new IllegalArgumentException("row %d of %s".formatted(row, stored));
      }
    }
    long[] lengths = stored.toArray();
    lengths[0] = rows.length;
    return Shape.of(lengths);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowExcerpt excerpt && Arrays.equals(rows, excerpt.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rows);
  }
}
