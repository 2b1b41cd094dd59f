package org.findthelady.match.kernel;

import java.io.IOException;

/** Longer candidate lists of single rows, on demand. */
public interface RowSource {
  /**
   * The best {@code length} candidates of each of these rows.
   *
   * @param rows row numbers, ascending
   * @return one item for each, in the same order
   */
  TopLists fetch(int[] rows, int length) throws IOException;
}
