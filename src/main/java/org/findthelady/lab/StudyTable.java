package org.findthelady.lab;

import java.io.Serializable;
import java.util.List;

/**
 * What a study found, ready to be shown.
 *
 * @param words what was done, a paragraph each
 * @param rows cells of every row, as many as there are headings
 */
public record StudyTable(
    String title, List<String> words, List<String> headings, List<List<String>> rows)
    implements Serializable {
  public StudyTable {
    words = List.copyOf(words);
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException(
            title + ": " + row.size() + " cells under " + headings.size() + " headings");
      }
    }
  }
}
