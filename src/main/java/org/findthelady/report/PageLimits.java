package org.findthelady.report;

/**
 * How much an HTML page shows; the tables hold the rest.
 *
 * @param models rows of the model table
 * @param details models whose groups, layers and neurons are shown
 * @param layers rows a model
 * @param neurons rows a model
 */
public record PageLimits(int models, int details, int layers, int neurons) {
  /** A page of a few megabytes at most, whatever the fleet. */
  public static PageLimits standard() {
    return new PageLimits(1000, 200, 150, 30);
  }

  public PageLimits {
    if (models < 0 || details < 0 || layers < 0 || neurons < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }
}
