package org.findthelady.checkpoint.zip;

/**
 * An entry as the central directory gives it.
 *
 * @param name UTF-8, never to be used as a path
 * @param flags general purpose bits
 * @param method 0 stored, 8 deflated; others are the caller's to refuse
 * @param content sizes and checksum of its bytes
 * @param position absolute position of the local header
 * @param end absolute position where the next local header or the central directory starts
 * @param record absolute position of the entry's record in the central directory
 * @param zip64 whether sizes or position are in a zip64 extra field
 */
public record ZipEntry(
    String name,
    int flags,
    int method,
    Content content,
    long position,
    long end,
    long record,
    boolean zip64) {
  /** Method of entries that are not compressed. */
  public static final int STORED = 0;

  /** Method of deflated entries. */
  public static final int DEFLATED = 8;

  /**
   * The bytes of an entry.
   *
   * @param crc CRC-32 when uncompressed, unsigned
   * @param compressed bytes in the archive
   * @param size bytes when uncompressed
   */
  record Content(long crc, long compressed, long size) {}

  static final int DESCRIPTOR_FLAG = 1 << 3;

  /** CRC-32 of the uncompressed bytes, unsigned. */
  public long crc() {
    return content.crc();
  }

  /** Bytes in the archive. */
  public long compressed() {
    return content.compressed();
  }

  /** Bytes when uncompressed. */
  public long size() {
    return content.size();
  }

  /** Whether sizes and CRC follow the data. */
  boolean described() {
    return (flags & DESCRIPTOR_FLAG) != 0;
  }

  ZipEntry endingAt(long next) {
    return new ZipEntry(name, flags, method, content, position, next, record, zip64);
  }
}
