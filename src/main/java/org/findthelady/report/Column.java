package org.findthelady.report;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A column of a table, read off a record's component: {@code bytesRead} becomes {@code bytes_read}.
 * A component that is a record itself stands for the columns of its own components, under their own
 * names; where it is null, so are they.
 *
 * @param path components from the row to the value
 * @param name in snake case
 * @param type how it is stored
 * @param nullable whether a row may lack it: boxed numbers only
 */
record Column(List<RecordComponent> path, String name, Type type, boolean nullable) {
  /** The closed list of stored types. */
  enum Type {
    STRING,
    INT,
    LONG,
    DOUBLE,
    BOOLEAN
  }

  Column {
    path = List.copyOf(path);
  }

  /**
   * The columns of a table, in the order of the components.
   *
   * @throws IllegalArgumentException if a component has a type that no table holds, or if two
   *     columns have one name
   */
  static List<Column> of(Class<? extends Record> row) {
    List<Column> columns = new ArrayList<>();
    add(row, List.of(), columns);
    if (columns.stream().map(Column::name).distinct().count() < columns.size()) {
      throw new IllegalArgumentException("two columns of " + row + " have one name");
    }
    return columns;
  }

  private static void add(Class<?> row, List<RecordComponent> outer, List<Column> columns) {
    for (RecordComponent component : row.getRecordComponents()) {
      component.getAccessor().setAccessible(true); // else access is verified for every value
      List<RecordComponent> path = new ArrayList<>(outer);
      path.add(component);
      Class<?> type = component.getType();
      if (type.isRecord()) {
        add(type, path, columns);
      } else {
        boolean nullable = Number.class.isAssignableFrom(type);
        columns.add(new Column(path, name(component), typeOf(component), nullable));
      }
    }
  }

  /** The column's name of a component. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
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
    Object value = row;
    for (RecordComponent component : path) {
      value = value == null ? null : part(value, component);
    }
    if (value == null && !nullable) {
      throw new IllegalArgumentException(name + " is missing in " + row);
    }
    return value instanceof Enum<?> constant ? constant.name() : value;
  }

  private static Object part(Object whole, RecordComponent component) {
    try {
      return component.getAccessor().invoke(whole);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
