package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Counts the tensor bytes that are read through it. */
final class CountingReader implements TensorReader {
  private final TensorReader reader;
  private long bytes;

  CountingReader(TensorReader reader) {
    this.reader = reader;
  }

  /** Bytes read so far. */
  long bytes() {
    return bytes;
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    bytes += target.remaining();
    reader.read(tensor, firstByte, target);
  }

  @Override
  public void expect(TensorInfo tensor, long[] firstBytes, long count) throws IOException {
    reader.expect(tensor, firstBytes, count);
  }

  @Override
  public int gapBytes() {
    return reader.gapBytes();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
