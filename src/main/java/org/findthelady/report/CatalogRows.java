package org.findthelady.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models' table for a catalog that keeps many runs: its columns, and when the run began. */
public final class CatalogRows {
  /** The column that says of which run a row is. */
  public static final String RUN = "run_id";

  private static final String STARTED = "run_started_at";
  private static final List<Column> COLUMNS = Column.of(ModelRow.class);

  private CatalogRows() {}

  /** The columns: their names and the types of their values, boxed. */
  public static Map<String, Class<?>> columns() {
    Map<String, Class<?>> columns = new LinkedHashMap<>();
    columns.put(STARTED, Instant.class);
    for (Column column : COLUMNS) {
      columns.put(
          column.name(),
          switch (column.type()) {
            case STRING -> String.class;
            case INT -> Integer.class;
            case LONG -> Long.class;
            case DOUBLE -> Double.class;
            case BOOLEAN -> Boolean.class;
          });
    }
    return columns;
  }

  /**
   * Values in the order of the columns.
   *
   * @param startedAt when the run began, ISO-8601 in UTC
   */
  public static List<Object[]> of(List<ModelRow> models, String startedAt) {
    List<Object[]> rows = new ArrayList<>();
    for (ModelRow model : models) {
      List<Object> values = new ArrayList<>();
      values.add(Instant.parse(startedAt));
      COLUMNS.forEach(column -> values.add(column.value(model)));
      rows.add(values.toArray());
    }
    return rows;
  }
}
