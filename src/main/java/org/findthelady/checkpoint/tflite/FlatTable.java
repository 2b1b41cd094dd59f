package org.findthelady.checkpoint.tflite;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * One flatbuffers table, read by field number. Every vector is held against the buffer's end before
 * it is read; single reads are checked by the buffer.
 */
final class FlatTable extends Table {
  private FlatTable(ByteBuffer buffer, int position) {
    __reset(position, buffer);
  }

  /** The table that the buffer's first four bytes point to; the buffer is little-endian. */
  static FlatTable root(ByteBuffer buffer) {
    return new FlatTable(buffer, checked(buffer, buffer.getInt(0)));
  }

  /** A number field of four bytes, or {@code missing}. */
  int int32(int field, int missing) {
    int at = field(field);
    return at == 0 ? missing : bb.getInt(at);
  }

  long int64(int field, long missing) {
    int at = field(field);
    return at == 0 ? missing : bb.getLong(at);
  }

  int int8(int field, int missing) {
    int at = field(field);
    return at == 0 ? missing : bb.get(at);
  }

  /** A table field, or null. */
  FlatTable table(int field) {
    int at = field(field);
    return at == 0 ? null : new FlatTable(bb, checked(bb, (long) at + bb.getInt(at)));
  }

  /** Elements of a vector field; 0 if it is missing. */
  int count(int field, int elementBytes) {
    int start = vector(field);
    if (start == 0) {
      return 0;
    }
    int count = bb.getInt(start - Integer.BYTES);
    if (count < 0 || count > (bb.limit() - start) / elementBytes) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "a vector of %s elements at %d, %d bytes are left"
              .formatted(Integer.toUnsignedString(count), start, bb.limit() - start));
    }
    return count;
  }

  /** Absolute position of a vector's first element; 0 if it is missing. */
  int vector(int field) {
    int at = field(field);
    return at == 0 ? 0 : checked(bb, (long) at + bb.getInt(at) + Integer.BYTES);
  }

  /** An element of a vector of tables. */
  FlatTable tableAt(int field, int index) {
    int at = vector(field) + Integer.BYTES * index;
    return new FlatTable(bb, checked(bb, (long) at + bb.getInt(at)));
  }

  /** A text field, or an empty one. */
  String text(int field) {
    int count = count(field, 1);
    try {
      return count == 0
          ? ""
          : StandardCharsets.UTF_8.newDecoder().decode(bb.slice(vector(field), count)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(
          Reason.MALFORMED, "a name at %d is not UTF-8".formatted(vector(field)), e);
    }
  }

  ByteBuffer buffer() {
    return bb;
  }

  /** Absolute position of a field's value, or 0 if the table does not have it. */
  private int field(int field) {
    int offset = __offset(2 * Short.BYTES + Short.BYTES * field);
    return offset == 0 ? 0 : checked(bb, (long) bb_pos + offset);
  }

  private static int checked(ByteBuffer buffer, long position) {
    if (position < 0 || position > buffer.limit()) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "position %d in a file of %d bytes".formatted(position, buffer.limit()));
    }
    return (int) position;
  }
}
