package org.findthelady.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table in Markdown (GitHub's), every cell escaped; all columns but the first to the right. */
public final class MarkdownTable {
  private final int columns;
  private final StringBuilder text = new StringBuilder();

  /** A table with these headings. */
  public MarkdownTable(List<String> headings) {
    columns = headings.size();
    row(headings);
    List<String> rule = new ArrayList<>(Collections.nCopies(columns, "---:"));
    rule.set(0, "---");
    text.append("| ").append(String.join(" | ", rule)).append(" |\n");
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has another number of cells
   */
  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells in " + columns + " columns");
    }
    text.append("| ")
        .append(String.join(" | ", cells.stream().map(MarkdownTable::escaped).toList()))
        .append(" |\n");
  }

  /** Text that Markdown and HTML show as it is. */
  static String escaped(String cell) {
    return Words.printable(cell)
        .replace("\\", "\\\\")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([|*_`\\[\\]])", "\\\\$1");
  }

  /** The table; ends with a line feed. */
  @Override
  public String toString() {
    return text.toString();
  }
}
