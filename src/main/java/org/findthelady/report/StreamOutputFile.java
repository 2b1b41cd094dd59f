package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A stream that is open already, as the file that Parquet wants to create; can be used once. */
final class StreamOutputFile implements OutputFile {
  private final OutputStream target;

  StreamOutputFile(OutputStream target) {
    this.target = target;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new Counted(target);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return new Counted(target);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  private static final class Counted extends PositionOutputStream {
    private final OutputStream target;
    private long position;

    Counted(OutputStream target) {
      this.target = target;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      target.write(value);
      position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      target.write(bytes, offset, count);
      position += count;
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }

    @Override
    public void close() throws IOException {
      target.close();
    }
  }
}
