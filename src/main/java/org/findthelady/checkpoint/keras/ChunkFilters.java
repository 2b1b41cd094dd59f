package org.findthelady.checkpoint.keras;

import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Undoes what was done to a chunk. The library's own deflate filter grows as long as the stream
 * does; here a chunk never becomes larger than it may be.
 */
final class ChunkFilters {
  static final int DEFLATE = 1;

  /** Deflate cannot do better. */
  static final long LARGEST_RATIO = 1032;

  private static final int SHUFFLE = 2;
  private static final int FLETCHER = 3;
  private static final int CHECKSUM_BYTES = 4;

  private ChunkFilters() {}

  static boolean knows(int filter) {
    return filter == DEFLATE || filter == SHUFFLE || filter == FLETCHER;
  }

  /**
   * @param stored the chunk as it is in the file
   * @param filters in the order in which they were applied
   * @param chunkBytes what comes out at the end
   */
  static byte[] decode(ByteBuffer stored, List<PipelineFilterWithData> filters, int chunkBytes) {
    byte[] data = new byte[stored.remaining()];
    stored.get(data);
    for (int i = filters.size() - 1; i >= 0; i--) {
      PipelineFilterWithData filter = filters.get(i);
      data =
          switch (filter.getId()) {
            case DEFLATE -> inflate(data, largest(data.length, chunkBytes));
            case SHUFFLE -> unshuffle(data, filter.getFilterData()[0]);
            case FLETCHER -> withoutChecksum(data);
            default ->
                throw new CheckpointException(
                    Reason.UNSUPPORTED, "filter " + filter.getId() + " of HDF5");
          };
    }
    return data;
  }

  /** What may come out: no more than a chunk needs, and no more than deflate can make. */
  private static int largest(int stored, int chunkBytes) {
    return (int) Math.min(LARGEST_RATIO * stored, (long) chunkBytes + CHECKSUM_BYTES);
  }

  private static byte[] inflate(byte[] data, int most) {
    byte[] inflated = new byte[most];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      int length = 0;
      while (!inflater.finished()) {
        int count = inflater.inflate(inflated, length, most - length);
        length += count;
        if (count == 0 && !inflater.finished()) {
          throw new CheckpointException(
              Reason.MALFORMED,
              "a deflated chunk of %d bytes is cut short or holds more than %d"
                  .formatted(data.length, most));
        }
      }
      return Arrays.copyOf(inflated, length);
    } catch (DataFormatException e) {
      throw new CheckpointException(
          Reason.MALFORMED, "a chunk is not deflated: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** All first bytes of elements, then all second bytes, and so on; a rest stays at the end. */
  private static byte[] unshuffle(byte[] data, int unit) {
    if (unit < 1) {
      throw new CheckpointException(
          Reason.MALFORMED, "elements of %d bytes in a shuffled chunk".formatted(unit));
    }
    byte[] plain = data.clone();
    int count = data.length / unit;
    for (int i = 0; i < count; i++) {
      for (int part = 0; part < unit; part++) {
        plain[i * unit + part] = data[part * count + i];
      }
    }
    return plain;
  }

  /** Fletcher-32 over 16-bit big-endian words, as HDF5 computes it, stored behind the data. */
  private static byte[] withoutChecksum(byte[] data) {
    int length = data.length - CHECKSUM_BYTES;
    if (length < 0) {
      throw new CheckpointException(
          Reason.TRUNCATED, "%d bytes in a chunk with a checksum".formatted(data.length));
    }
    long low = 0;
    long high = 0;
    for (int at = 0; at < length; at += 2) {
      int next = at + 1 < length ? data[at + 1] & 0xff : 0;
      low = (low + (((data[at] & 0xff) << 8) | next)) % 65535;
      high = (high + low) % 65535;
    }
    int stored = 0;
    for (int i = CHECKSUM_BYTES - 1; i >= 0; i--) {
      stored = (stored << 8) | (data[length + i] & 0xff);
    }
    if (differs(stored, low, high)) {
      throw new CheckpointException(
          Reason.MALFORMED, "the checksum of a chunk of %d bytes does not match".formatted(length));
    }
    return Arrays.copyOf(data, length);
  }

  /** A sum of 65535 may stand for 0. */
  private static boolean differs(int stored, long low, long high) {
    return ((stored & 0xffff) - low) % 65535 != 0 || ((stored >>> 16) - high) % 65535 != 0;
  }
}
