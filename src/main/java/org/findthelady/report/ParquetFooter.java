package org.findthelady.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.findthelady.checkpoint.SeekableInput;

/** The footer of a Parquet file (Apache Parquet format, "File metadata"). */
public final class ParquetFooter {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int COPY_BYTES = 1 << 16;

  private ParquetFooter() {}

  /**
   * Rows of a table, from its footer alone.
   *
   * @throws IOException if it is no whole Parquet file
   */
  public static long rows(SeekableInput table) throws IOException {
    byte[] tail = new byte[4 + MAGIC.length];
    if (table.length() < tail.length + MAGIC.length) {
      throw new IOException("%d bytes are no Parquet file".formatted(table.length()));
    }
    table.readFully(table.length() - tail.length, tail, 0, tail.length);
    int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
    long start = table.length() - tail.length - length;
    if (!Arrays.equals(tail, 4, tail.length, MAGIC, 0, MAGIC.length)
        || length < 0
        || start < MAGIC.length) {
      throw new IOException("a Parquet footer of %d bytes is damaged".formatted(length));
    }
    byte[] footer = new byte[length];
    table.readFully(start, footer, 0, length);
    return Util.readFileMetaData(new ByteArrayInputStream(footer)).getNum_rows();
  }

  /**
   * Copies a Parquet file with the encodings in its footer sorted. The writer lists them in the
   * order of a hash set of enums, which differs from process to process, so that equal tables would
   * not be equal files.
   */
  static void copy(Path file, OutputStream target) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] tail = new byte[4 + MAGIC.length];
      in.seek(in.length() - tail.length);
      in.readFully(tail);
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      long start = in.length() - tail.length - length;
      byte[] footer = new byte[length];
      in.seek(start);
      in.readFully(footer);
      in.seek(0);
      byte[] buffer = new byte[COPY_BYTES];
      for (long left = start; left > 0; ) {
        int count = (int) Math.min(buffer.length, left);
        in.readFully(buffer, 0, count);
        target.write(buffer, 0, count);
        left -= count;
      }
      byte[] stable = sorted(footer);
      target.write(stable);
      target.write(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(stable.length).array());
      target.write(MAGIC);
    }
  }

  private static byte[] sorted(byte[] footer) throws IOException {
    FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(footer));
    for (RowGroup group : metadata.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        List<Encoding> encodings = new ArrayList<>(column.getEncodings());
        encodings.sort(Comparator.comparingInt(Encoding::getValue));
        column.setEncodings(encodings);
        if (column.isSetEncoding_stats()) {
          List<PageEncodingStats> stats = new ArrayList<>(column.getEncoding_stats());
          stats.sort(Comparator.naturalOrder());
          column.setEncoding_stats(stats);
        }
      }
    }
    ByteArrayOutputStream stable = new ByteArrayOutputStream(footer.length);
    Util.writeFileMetaData(metadata, stable);
    return stable.toByteArray();
  }
}
