package org.findthelady.report;

import java.io.Closeable;
import java.io.IOException;

/** Writes the rows of one table, one by one; the same rows give the same bytes. */
public interface TableWriter<R extends Record> extends Closeable {
  /** Adds a row. */
  void add(R row) throws IOException;
}
