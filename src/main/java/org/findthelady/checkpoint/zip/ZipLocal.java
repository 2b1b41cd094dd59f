package org.findthelady.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.findthelady.core.CheckpointException.Reason;

/**
 * An entry's local header, which agrees with the directory.
 *
 * @param entry the entry
 * @param data absolute position of its data
 * @param crcInHeader whether the local header holds the CRC too
 * @param descriptorCrc absolute position of the CRC behind the data, or -1 if there is none
 */
public record ZipLocal(ZipEntry entry, long data, boolean crcInHeader, long descriptorCrc) {
  private static final int SIGNATURE = 0x04034b50;
  private static final int HEADER_BYTES = 30;
  private static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
  private static final int COMMON_NAME_AND_EXTRA = 512;
  private static final long MOST_32 = 0xffffffffL;

  /** Offset of the CRC in a local header. */
  public static final int CRC_IN_HEADER = 14;

  /** Offset of the CRC in a directory record. */
  public static final int CRC_IN_RECORD = 16;

  static ZipLocal read(ZipBytes bytes, ZipEntry entry, int ahead) throws IOException {
    long at = entry.position();
    String name = entry.name();
    ByteBuffer header =
        bytes.at(at, HEADER_BYTES, Math.max(ahead, COMMON_NAME_AND_EXTRA)).duplicate();
    header.order(java.nio.ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(0) != SIGNATURE) {
      throw bytes.malformed("no local header of '%s' at %d".formatted(name, at));
    }
    int nameBytes = Short.toUnsignedInt(header.getShort(26));
    int extraBytes = Short.toUnsignedInt(header.getShort(28));
    long data = at + HEADER_BYTES + nameBytes + extraBytes;
    if (data > entry.end() || entry.compressed() > entry.end() - data) {
      throw bytes.failure(
          Reason.UNSAFE,
          "data of '%s', %d bytes at %d, reach beyond %d"
              .formatted(name, entry.compressed(), data, entry.end()));
    }
    ByteBuffer tail = bytes.at(at + HEADER_BYTES, nameBytes + extraBytes, ahead);
    ByteBuffer localName = tail.slice(0, nameBytes);
    if (!localName.equals(StandardCharsets.UTF_8.encode(name))) {
      throw bytes.failure(
          Reason.UNSAFE,
          "entry '%s' calls itself '%s'".formatted(name, StandardCharsets.UTF_8.decode(localName)));
    }
    boolean sameKind =
        Short.toUnsignedInt(header.getShort(6)) == entry.flags()
            && Short.toUnsignedInt(header.getShort(8)) == entry.method();
    boolean crcInHeader =
        agrees(
            bytes, entry, header, ZipExtra.find(bytes, name, tail.slice(nameBytes, extraBytes), 1));
    if (!sameKind) {
      throw bytes.failure(
          Reason.UNSAFE, "entry '%s': local header and directory differ".formatted(name));
    }
    return new ZipLocal(entry, data, crcInHeader, descriptor(bytes, entry, data, ahead));
  }

  /** Compares CRC and sizes; they are all zero where a descriptor follows, or all there. */
  private static boolean agrees(
      ZipBytes bytes, ZipEntry entry, ByteBuffer header, ByteBuffer large) {
    long crc = Integer.toUnsignedLong(header.getInt(14));
    long compressed = Integer.toUnsignedLong(header.getInt(18));
    long size = Integer.toUnsignedLong(header.getInt(22));
    if (large != null && large.remaining() >= 16) {
      size = size == MOST_32 ? large.getLong(0) : size;
      compressed = compressed == MOST_32 ? large.getLong(8) : compressed;
    }
    if (entry.described() && crc == 0 && (compressed == 0 || compressed == entry.compressed())) {
      if (size == 0 || size == entry.size()) {
        return false;
      }
    }
    if (crc != entry.crc() || compressed != entry.compressed() || size != entry.size()) {
      throw bytes.failure(
          Reason.UNSAFE,
          "entry '%s': local header says %d bytes, CRC %08x; the directory %d bytes, CRC %08x"
              .formatted(entry.name(), compressed, crc, entry.compressed(), entry.crc()));
    }
    return true;
  }

  /** The data descriptor must fill what is left up to the next entry. */
  private static long descriptor(ZipBytes bytes, ZipEntry entry, long data, int ahead)
      throws IOException {
    long at = data + entry.compressed();
    long left = entry.end() - at;
    if (!entry.described()) {
      if (left != 0) {
        throw bytes.failure(
            Reason.UNSAFE, "%d bytes behind entry '%s'".formatted(left, entry.name()));
      }
      return -1;
    }
    if (left != 12 && left != 16 && left != 20 && left != 24) {
      throw bytes.failure(
          Reason.UNSAFE,
          "%d bytes behind entry '%s', no data descriptor has that length"
              .formatted(left, entry.name()));
    }
    ByteBuffer descriptor = bytes.at(at, (int) left, ahead);
    boolean signed = left == 16 || left == 24;
    boolean wide = left >= 20;
    int start = signed ? 4 : 0;
    long crc = Integer.toUnsignedLong(descriptor.getInt(start));
    long compressed = number(descriptor, start + 4, wide);
    long size = number(descriptor, start + (wide ? 12 : 8), wide);
    boolean marked = !signed || descriptor.getInt(0) == DESCRIPTOR_SIGNATURE;
    if (!marked || crc != entry.crc() || compressed != entry.compressed() || size != entry.size()) {
      throw bytes.failure(
          Reason.UNSAFE,
          "entry '%s': descriptor says %d bytes, CRC %08x; the directory %d bytes, CRC %08x"
              .formatted(entry.name(), size, crc, entry.size(), entry.crc()));
    }
    return at + start;
  }

  private static long number(ByteBuffer bytes, int at, boolean wide) {
    return wide ? bytes.getLong(at) : Integer.toUnsignedLong(bytes.getInt(at));
  }
}
