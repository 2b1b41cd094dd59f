package org.findthelady.experiment;

import java.io.Serializable;
import java.util.List;

/**
 * What a study found, ready to be shown.
 *
 * @param words what was done, a paragraph each
 * @param rows cells of every row, as many as there are headings
 * @param clouds points to be drawn
 */
public record StudyTable(
    String title,
    List<String> words,
    List<String> headings,
    List<List<String>> rows,
    List<Cloud> clouds)
    implements Serializable {
  public StudyTable {
    words = List.copyOf(words);
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
    clouds = List.copyOf(clouds);
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException(
            title + ": " + row.size() + " cells under " + headings.size() + " headings");
      }
    }
  }

  /** A table without points. */
  public StudyTable(
      String title, List<String> words, List<String> headings, List<List<String>> rows) {
    this(title, words, headings, rows, List.of());
  }

  /**
   * Points in a square from -1 to 1.
   *
   * @param horizontal what x is
   * @param vertical what y is
   */
  public record Cloud(String title, String horizontal, String vertical, List<Point> points)
      implements Serializable {
    public Cloud {
      points = List.copyOf(points);
    }
  }

  /**
   * A point of a series.
   *
   * @param series points of one series look alike
   */
  public record Point(String series, double x, double y) implements Serializable {}
}
