package org.findthelady.report;

import java.io.Closeable;
import java.io.IOException;

/** Writes the rows of one table, one by one; the same rows give the same bytes. */
public interface TableWriter<R extends Record> extends Closeable {
  /** Of all tables' columns; grows when a column changes its meaning or goes. */
  String VERSION = "2";

  /**
   * The file of a table as JSON Lines. Those that have many rows a model are packed with gzip.
   *
   * @param table such as {@code layers}
   */
  static String jsonLines(String table) {
    return table.equals("models") ? "models.jsonl" : table + ".jsonl.gz";
  }

  /** Adds a row. */
  void add(R row) throws IOException;
}
