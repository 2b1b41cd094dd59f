package org.findthelady.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The validated header of one safetensors file: an unsigned 64-bit little-endian length N, then N
 * bytes of JSON, then the tensors' bytes without holes up to the end of the file.
 *
 * @param bytes N of the JSON text
 * @param entries in the order of the text
 * @param metadata what {@code __metadata__} says
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
record Header(int bytes, List<Entry> entries, Map<String, String> metadata) {
  /** Bytes of the length field. */
  static final int LENGTH_BYTES = 8;

  /** The format's own limit. */
  static final long MOST_BYTES = 100_000_000;

  /**
   * Reads and checks a header.
   *
   * @throws CheckpointException if it breaks a rule of the format
   */
  static Header read(SeekableInput input) throws IOException {
    byte[] json = json(input);
    HeaderParser parser = new HeaderParser(input.location(), json);
    parser.parse();
    checkOffsets(input.location(), parser.entries(), input.length() - LENGTH_BYTES - json.length);
    return new Header(json.length, List.copyOf(parser.entries()), Map.copyOf(parser.metadata()));
  }

  /** The JSON bytes as they are in the file. */
  static byte[] json(SeekableInput input) throws IOException {
    long file = input.length();
    if (file < LENGTH_BYTES) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %d bytes, a header needs at least %d"
              .formatted(input.location(), file, LENGTH_BYTES));
    }
    byte[] field = new byte[LENGTH_BYTES];
    input.readFully(0, field, 0, LENGTH_BYTES);
    long length = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (Long.compareUnsigned(length, MOST_BYTES) > 0) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: header of %s bytes, the format allows %d"
              .formatted(input.location(), Long.toUnsignedString(length), MOST_BYTES));
    }
    if (length > file - LENGTH_BYTES) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: header of %d bytes in a file of %d".formatted(input.location(), length, file));
    }
    byte[] json = new byte[(int) length];
    input.readFully(LENGTH_BYTES, json, 0, json.length);
    return json;
  }

  private static void checkOffsets(String location, List<Entry> entries, long dataBytes) {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : ordered) {
      if (entry.begin() != at) {
        throw new CheckpointException(
            entry.begin() < at ? Reason.UNSAFE : Reason.MALFORMED,
            "%s: tensor '%s' begins at %d, the one before it ends at %d: %s"
                .formatted(
                    location,
                    entry.name(),
                    entry.begin(),
                    at,
                    entry.begin() < at ? "they overlap" : "a hole"));
      }
      at = entry.end();
    }
    if (at != dataBytes) {
      throw new CheckpointException(
          at > dataBytes ? Reason.TRUNCATED : Reason.MALFORMED,
          "%s: tensors end at %d of %d bytes behind the header".formatted(location, at, dataBytes));
    }
  }
}
