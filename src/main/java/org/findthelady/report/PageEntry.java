package org.findthelady.report;

import java.util.Comparator;
import java.util.List;

/** A model that waits to be written to a page. */
final class PageEntry {
  /** What a reader should see first, then the order in which models were added. */
  static final Comparator<PageEntry> GRAVEST =
      Comparator.comparing(PageEntry::row, (a, b) -> a.verdict().compareGravity(b.verdict()))
          .thenComparingInt(entry -> entry.number);

  private final int number;
  private final ModelRow row;
  private final ModelView view;
  private final String detail;
  private String page = "";

  /**
   * @param number in the order of adding
   * @param detail JSON of what unfolds below the model
   */
  PageEntry(int number, ModelFindings findings, String detail) {
    this.number = number;
    this.row = findings.model();
    this.view = ModelView.of(row, findings.layers());
    this.detail = detail;
  }

  ModelRow row() {
    return row;
  }

  ModelView view() {
    return view;
  }

  /** JSON of what unfolds below the model. */
  String detail() {
    return detail;
  }

  /** The page that has the details; empty if they were not written yet. */
  String page() {
    return page;
  }

  void writtenTo(String name) {
    this.page = name;
  }

  /**
   * The details of models as one JSON object, by place on the page.
   *
   * @param shown models on the page, null where the details are elsewhere
   */
  static String json(List<PageEntry> shown) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < shown.size(); i++) {
      if (shown.get(i) != null) {
        json.append(json.length() > 1 ? ",\n" : "").append("\"m").append(i).append("\":");
        json.append(shown.get(i).detail());
      }
    }
    return json.append('}').toString();
  }
}
