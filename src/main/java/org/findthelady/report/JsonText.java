package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Results as JSON for programs: keys in snake case, line feeds on every platform. */
public final class JsonText {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private JsonText() {}

  /** An object with a key for every component. */
  public static ObjectNode tree(Record value) {
    return JSON.valueToTree(value);
  }

  /** A table's row: an object with a key for every column. */
  public static ObjectNode row(Record row) {
    ObjectNode object = JSON.createObjectNode();
    for (Column column : Column.of(row.getClass())) {
      object.set(column.name(), JSON.valueToTree(column.value(row)));
    }
    return object;
  }

  /** An empty object. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Indented, with a line feed at the end. */
  public static String of(JsonNode tree) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(tree) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
