package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.ByteScanner;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Reads the key-value section: scalars and texts are kept as strings, arrays are passed over. */
final class GgufValues {
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int BOOL = 7;

  /** Bytes of the fixed-size types by number; 0 for texts and arrays. */
  private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  private static final int LONGEST_KEPT_TEXT = 1 << 16;
  private static final int SHORTEST_PAIR_BYTES = 13;

  private final String location;
  private final ByteScanner scanner;
  private final Map<String, String> kept = new LinkedHashMap<>();

  private GgufValues(String location, ByteScanner scanner) {
    this.location = location;
    this.scanner = scanner;
  }

  /** Reads {@code count} pairs, which the scanner stands before. */
  static Map<String, String> read(String location, ByteScanner scanner, long count)
      throws IOException {
    if (count > scanner.remaining() / SHORTEST_PAIR_BYTES) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %d key-value pairs, %d bytes are left"
              .formatted(location, count, scanner.remaining()));
    }
    GgufValues values = new GgufValues(location, scanner);
    Set<String> keys = new HashSet<>();
    for (long i = 0; i < count; i++) {
      String key = scanner.text(scanner.count("bytes of a key", 1));
      if (!keys.add(key)) {
        throw new CheckpointException(
            Reason.UNSAFE, "%s: the key '%s' is there twice".formatted(location, key));
      }
      values.readValue(key, scanner.i32());
    }
    return values.kept;
  }

  private void readValue(String key, int type) throws IOException {
    switch (type) {
      case STRING -> readText(key);
      case ARRAY -> skipArray(key);
      default -> kept.put(key, scalar(key, type));
    }
  }

  private String scalar(String key, int type) throws IOException {
    return switch (type) {
      case 0 -> Integer.toString(scanner.u8());
      case 1 -> Byte.toString((byte) scanner.u8());
      case 2 -> Integer.toString(scanner.u16());
      case 3 -> Short.toString((short) scanner.u16());
      case 4 -> Integer.toUnsignedString(scanner.i32());
      case 5 -> Integer.toString(scanner.i32());
      case 6 -> Float.toString(Float.intBitsToFloat(scanner.i32()));
      case BOOL -> bool(key);
      case 10 -> Long.toUnsignedString(scanner.i64());
      case 11 -> Long.toString(scanner.i64());
      case 12 -> Double.toString(Double.longBitsToDouble(scanner.i64()));
      default -> throw unknown(key, type);
    };
  }

  private String bool(String key) throws IOException {
    int value = scanner.u8();
    if (value > 1) {
      throw new CheckpointException(
          Reason.MALFORMED, "%s: '%s' is %d, not a truth".formatted(location, key, value));
    }
    return Boolean.toString(value == 1);
  }

  private void readText(String key) throws IOException {
    long length = scanner.count("bytes of text", 1);
    if (length <= LONGEST_KEPT_TEXT) {
      kept.put(key, scanner.text(length));
    } else {
      scanner.skip(length);
    }
  }

  private void skipArray(String key) throws IOException {
    int type = scanner.i32();
    if (type == STRING) {
      long count = scanner.count("texts", 8);
      for (long i = 0; i < count; i++) {
        scanner.skip(scanner.count("bytes of text", 1));
      }
    } else if (type >= 0 && type < SIZES.length && SIZES[type] > 0) {
      scanner.skip(scanner.count("array elements", SIZES[type]) * SIZES[type]);
    } else {
      throw unknown(key, type);
    }
  }

  private CheckpointException unknown(String key, int type) {
    return new CheckpointException(
        Reason.UNSUPPORTED, "%s: '%s' is of the unknown type %d".formatted(location, key, type));
  }
}
