package org.findthelady.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A table as JSON Lines: one object a row, UTF-8, every column in every row (null where there is
 * nothing). Numbers that JSON lacks (NaN, infinities) are written as strings.
 */
public final class JsonLinesWriter<R extends Record> implements TableWriter<R> {
  private final List<Column> columns;
  private final JsonGenerator json;

  /**
   * @param target closed with this writer
   */
  public JsonLinesWriter(Class<R> row, OutputStream target) throws IOException {
    this.columns = Column.of(row);
    this.json = new JsonFactory().createGenerator(target).setRootValueSeparator(null);
  }

  @Override
  public void add(R row) throws IOException {
    json.writeStartObject();
    for (Column column : columns) {
      Object value = column.value(row);
      json.writeFieldName(column.name());
      if (value == null) {
        json.writeNull();
        continue;
      }
      switch (column.type()) {
        case STRING -> json.writeString((String) value);
        case INT -> json.writeNumber((Integer) value);
        case LONG -> json.writeNumber((Long) value);
        case DOUBLE -> json.writeNumber((Double) value);
        case BOOLEAN -> json.writeBoolean((Boolean) value);
      }
    }
    json.writeEndObject();
    json.writeRaw('\n');
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
