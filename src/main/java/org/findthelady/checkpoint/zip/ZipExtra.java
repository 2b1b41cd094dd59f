package org.findthelady.checkpoint.zip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Extra fields: a list of (id, length, bytes). */
final class ZipExtra {
  private static final int HEADER_BYTES = 4;

  private ZipExtra() {}

  /**
   * The bytes of the field with that id, or null.
   *
   * @param extra all extra fields of one header
   */
  static ByteBuffer find(ZipBytes bytes, String name, ByteBuffer extra, int id) {
    ByteBuffer fields = extra.order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer found = null;
    while (fields.remaining() >= HEADER_BYTES) {
      int fieldId = Short.toUnsignedInt(fields.getShort());
      int length = Short.toUnsignedInt(fields.getShort());
      if (length > fields.remaining()) {
        throw bytes.malformed(
            "entry '%s': an extra field of %d bytes, %d are left"
                .formatted(name, length, fields.remaining()));
      }
      if (fieldId == id) {
        if (found != null) {
          throw bytes.malformed("entry '%s': two extra fields %d".formatted(name, id));
        }
        found = fields.slice(fields.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      }
      fields.position(fields.position() + length);
    }
    return found;
  }
}
