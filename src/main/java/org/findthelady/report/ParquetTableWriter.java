package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
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
  private final ParquetWriter<R> writer;
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
        new Builder<R>(new StreamOutputFile(Files.newOutputStream(file)), columns, schema)
            .withConf(new Configuration(false))
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
    writer.write(row);
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

  /** Makes a writer of rows. */
  private static final class Builder<R extends Record>
      extends ParquetWriter.Builder<R, Builder<R>> {
    private final List<Column> columns;
    private final MessageType schema;

    Builder(StreamOutputFile file, List<Column> columns, MessageType schema) {
      super(file);
      this.columns = columns;
      this.schema = schema;
    }

    @Override
    protected Builder<R> self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // the one method that Parquet has had in all Spark lines
    protected WriteSupport<R> getWriteSupport(Configuration conf) {
      return new Rows<>(columns, schema);
    }
  }

  /** Hands the values of a row to Parquet, column by column. */
  private static final class Rows<R extends Record> extends WriteSupport<R> {
    private final List<Column> columns;
    private final MessageType schema;
    private RecordConsumer consumer;

    Rows(List<Column> columns, MessageType schema) {
      this.columns = columns;
      this.schema = schema;
    }

    @Override
    @SuppressWarnings("deprecation") // likewise
    public WriteContext init(Configuration conf) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer rows) {
      consumer = rows;
    }

    @Override
    public void write(R row) {
      consumer.startMessage();
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        Object value = column.value(row);
        if (value != null) {
          consumer.startField(column.name(), i);
          add(column.type(), value);
          consumer.endField(column.name(), i);
        }
      }
      consumer.endMessage();
    }

    private void add(Column.Type type, Object value) {
      switch (type) {
        case STRING -> consumer.addBinary(Binary.fromString((String) value));
        case INT -> consumer.addInteger((Integer) value);
        case LONG -> consumer.addLong((Long) value);
        case DOUBLE -> consumer.addDouble((Double) value);
        case BOOLEAN -> consumer.addBoolean((Boolean) value);
      }
    }
  }
}
