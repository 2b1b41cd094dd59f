package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.RecordComponent;

/** Reads what {@link JsonLinesWriter} wrote. */
public final class JsonLinesReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private JsonLinesReader() {}

  /**
   * A row of a table.
   *
   * @param line a JSON object; columns that the record lacks are ignored
   * @throws JsonProcessingException if the line is no JSON, or a value does not fit its column
   */
  public static <R extends Record> R row(Class<R> type, String line)
      throws JsonProcessingException {
    return row(type, JSON.readTree(line));
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
