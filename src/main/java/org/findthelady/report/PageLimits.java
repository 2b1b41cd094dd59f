package org.findthelady.report;

/**
 * How much an HTML page shows; the tables hold the rest.
 *
 * @param models rows of the first page
 * @param firstCharacters characters of details on the first page, of the gravest models
 * @param otherCharacters characters of details on each of the other pages
 * @param tensors of a model
 * @param lines of every other table of a model
 */
public record PageLimits(
    int models, long firstCharacters, long otherCharacters, int tensors, int lines) {
  /** A first page of less than two megabytes, whatever the fleet. */
  public static PageLimits standard() {
    return new PageLimits(1000, 500_000, 1_500_000, 400, 60);
  }

  public PageLimits {
    if (models < 1 || firstCharacters < 0 || otherCharacters < 1 || tensors < 0 || lines < 0) {
      throw new IllegalArgumentException("no room on the page");
    }
  }
}
