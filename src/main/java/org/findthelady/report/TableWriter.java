package org.findthelady.report;

import java.io.Closeable;
import java.io.IOException;

/** Writes the rows of one table, one by one; the same rows give the same bytes. */
public interface TableWriter<R extends Record> extends Closeable {
  /** Of all tables' columns; grows when a column changes its meaning or goes. */
  String VERSION = "2";

  /** Adds a row. */
  void add(R row) throws IOException;
}
