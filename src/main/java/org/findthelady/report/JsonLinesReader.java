package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link JsonLinesWriter} wrote. */
public final class JsonLinesReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private JsonLinesReader() {}

  /**
   * The rows of a table.
   *
   * @param text one JSON object a line; columns that the record lacks are ignored
   * @throws JsonProcessingException if a line is no JSON, or a value does not fit its column
   */
  public static <R extends Record> List<R> rows(Class<R> type, String text)
      throws JsonProcessingException {
    List<R> rows = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        rows.add(row(type, JSON.readTree(line)));
      }
    }
    return rows;
  }

  /** A record whose components, and theirs where they are records, are fields of one object. */
  private static <R> R row(Class<R> type, JsonNode fields) throws JsonProcessingException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] =
          types[i].isRecord()
              ? row(types[i], fields)
              : JSON.treeToValue(fields.get(Column.name(components[i])), types[i]);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type, e);
    }
  }
}
