package org.findthelady.report;

import java.util.List;

/** A heading, words, tables and charts of a result page. */
public record Section(
    String title, List<String> words, List<Table> tables, List<String> chartNames) {
  /** A table with its heading row first. */
  public record Table(String caption, List<List<String>> rows) {}
}
