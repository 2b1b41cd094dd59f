package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * A table as one Parquet file (format version 1 pages, Zstandard) whose schema is the record's
 * columns: strings, 32- and 64-bit integers, doubles and booleans, optional where a row may lack
 * them. Holds one row group at most (16 MiB); the file is built in the machine's temporary folder
 * and copied to the target when closed.
 */
public final class ParquetTableWriter<R extends Record> implements TableWriter<R> {
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final List<Column> columns;
  private final MessageType schema;
  private final Path file;
  private final OutputStream target;
  private final ParquetWriter<Group> writer;
  private boolean closed;

  /**
   * @param table name of the schema's root
   * @param target closed with this writer
   */
  public ParquetTableWriter(String table, Class<R> row, OutputStream target) throws IOException {
    this.columns = Column.of(row);
    this.schema = schema(table, columns);
    this.target = target;
    this.file = Files.createTempFile("ftl-" + table, ".parquet");
    this.writer =
        ExampleParquetWriter.builder(new StreamOutputFile(Files.newOutputStream(file)))
            .withConf(new Configuration(false))
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  static MessageType schema(String table, List<Column> columns) {
    return new MessageType(table, columns.stream().map(ParquetTableWriter::field).toList());
  }

  private static Type field(Column column) {
    Repetition repetition = column.nullable() ? Repetition.OPTIONAL : Repetition.REQUIRED;
    PrimitiveTypeName primitive =
        switch (column.type()) {
          case STRING -> PrimitiveTypeName.BINARY;
          case INT -> PrimitiveTypeName.INT32;
          case LONG -> PrimitiveTypeName.INT64;
          case DOUBLE -> PrimitiveTypeName.DOUBLE;
          case BOOLEAN -> PrimitiveTypeName.BOOLEAN;
        };
    Types.PrimitiveBuilder<PrimitiveType> type = Types.primitive(primitive, repetition);
    return column.type() == Column.Type.STRING
        ? type.as(LogicalTypeAnnotation.stringType()).named(column.name())
        : type.named(column.name());
  }

  @Override
  public void add(R row) throws IOException {
    Group group = new SimpleGroup(schema);
    for (Column column : columns) {
      Object value = column.value(row);
      if (value == null) {
        continue;
      }
      switch (column.type()) {
        case STRING -> group.append(column.name(), (String) value);
        case INT -> group.append(column.name(), (Integer) value);
        case LONG -> group.append(column.name(), (Long) value);
        case DOUBLE -> group.append(column.name(), (Double) value);
        case BOOLEAN -> group.append(column.name(), (Boolean) value);
      }
    }
    writer.write(group);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (target) {
      writer.close();
      ParquetFooter.copy(file, target);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
