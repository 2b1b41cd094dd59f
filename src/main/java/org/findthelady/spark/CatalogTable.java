package org.findthelady.spark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.findthelady.core.UserException;

/**
 * A table of Spark's catalogs (Iceberg, Hive, what the session is configured for) to which runs add
 * their rows. A run's rows are added in one commit, and once: a run that is there is left alone.
 */
public final class CatalogTable {
  private static final Map<Class<?>, DataType> TYPES =
      Map.of(
          String.class, DataTypes.StringType,
          Integer.class, DataTypes.IntegerType,
          Long.class, DataTypes.LongType,
          Double.class, DataTypes.DoubleType,
          Boolean.class, DataTypes.BooleanType,
          Instant.class, DataTypes.TimestampType);

  private final SparkSession session;
  private final String name;
  private final StructType schema;
  private final boolean exists;

  /**
   * Looks at the table. It is made with the first rows if it is not there.
   *
   * @param name as SQL has it, e.g. {@code lake.audits.models}
   * @param columns types of their values by name, boxed; an {@link Instant} for a time
   * @throws UserException if its catalog cannot be used, or if it lacks a column
   */
  CatalogTable(String name, Map<String, Class<?>> columns) {
    this.session = session();
    this.name = name;
    this.schema = schema(columns);
    Set<String> missing = new TreeSet<>(List.of(schema.fieldNames()));
    try {
      exists = session.catalog().tableExists(name);
      if (exists) {
        missing.removeAll(List.of(session.table(name).columns()));
      }
    } catch (Exception e) { // Scala's checked ones too, which javac does not see
      throw new UserException("table %s: %s".formatted(name, e.getMessage()));
    }
    if (exists && !missing.isEmpty()) {
      throw new UserException("table %s has no column %s".formatted(name, missing));
    }
  }

  /** On the application at hand. The builder's class is another one in each line of Spark. */
  private static SparkSession session() {
    try {
      Object builder = SparkSession.class.getMethod("builder").invoke(null);
      return (SparkSession) builder.getClass().getMethod("getOrCreate").invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StructType schema(Map<String, Class<?>> columns) {
    List<StructField> fields = new ArrayList<>();
    columns.forEach(
        (column, type) -> fields.add(DataTypes.createStructField(column, TYPES.get(type), true)));
    return DataTypes.createStructType(fields);
  }

  /**
   * Adds a run's rows in one commit, unless rows of that run are there.
   *
   * @param key column that says of which run a row is
   * @param run its value; letters and digits
   * @param rows values in the order of the columns
   * @return whether they were added
   */
  public boolean append(String key, String run, List<Object[]> rows) {
    if (exists && !session.table(name).filter("%s = '%s'".formatted(key, run)).isEmpty()) {
      return false;
    }
    Dataset<Row> data =
        session.createDataFrame(rows.stream().map(RowFactory::create).toList(), schema);
    try {
      if (exists) {
        data.writeTo(name).append();
      } else {
        data.writeTo(name).create();
      }
      return true;
    } catch (Exception e) { // likewise
      throw new IllegalStateException("table %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}
