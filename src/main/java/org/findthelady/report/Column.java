package org.findthelady.report;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A column of a table, read off a record's component: {@code bytesRead} becomes {@code bytes_read}.
 *
 * @param component what the value comes from
 * @param name in snake case
 * @param type how it is stored
 * @param nullable whether a row may lack it: boxed numbers only
 */
record Column(RecordComponent component, String name, Type type, boolean nullable) {
  /** The closed list of stored types. */
  enum Type {
    STRING,
    INT,
    LONG,
    DOUBLE,
    BOOLEAN
  }

  /**
   * The columns of a table, in the order of the components.
   *
   * @throws IllegalArgumentException if a component has a type that no table holds
   */
  static List<Column> of(Class<? extends Record> row) {
    List<Column> columns = new ArrayList<>();
    for (RecordComponent component : row.getRecordComponents()) {
      Class<?> type = component.getType();
      columns.add(
          new Column(
              component,
              component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT),
              typeOf(component),
              Number.class.isAssignableFrom(type)));
    }
    return columns;
  }

  private static Type typeOf(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == String.class || type.isEnum()) {
      return Type.STRING;
    } else if (type == int.class || type == Integer.class) {
      return Type.INT;
    } else if (type == long.class || type == Long.class) {
      return Type.LONG;
    } else if (type == double.class || type == Double.class) {
      return Type.DOUBLE;
    } else if (type == boolean.class) {
      return Type.BOOLEAN;
    }
    throw new IllegalArgumentException("no table holds " + component);
  }

  /**
   * The value in a row; null only if nullable. Enums as their names.
   *
   * @throws IllegalArgumentException if it is null and may not be
   */
  Object value(Record row) {
    Object value;
    try {
      value = component.getAccessor().invoke(row);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
    if (value == null && !nullable) {
      throw new IllegalArgumentException(name + " is missing in " + row);
    }
    return value instanceof Enum<?> constant ? constant.name() : value;
  }
}
