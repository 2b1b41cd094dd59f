package org.findthelady.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The end of central directory record and its zip64 form (APPNOTE 4.3.14 to 4.3.16).
 *
 * @param entries number of entries
 * @param start absolute position of the central directory
 * @param bytes length of the central directory
 */
record ZipEnd(long entries, long start, long bytes) {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int TAIL_BYTES = 1 << 16;

  /**
   * Finds the end record, which must close the file and follow the directory without a gap.
   *
   * @throws org.findthelady.core.CheckpointException if there is none or it does not fit the file
   */
  static ZipEnd find(ZipBytes bytes) throws IOException {
    long at = position(bytes);
    ByteBuffer end = bytes.at(at, END_BYTES, 0);
    int disks = end.getShort(4) | end.getShort(6);
    long here = Short.toUnsignedLong(end.getShort(8));
    long entries = Short.toUnsignedLong(end.getShort(10));
    long size = Integer.toUnsignedLong(end.getInt(12));
    long start = Integer.toUnsignedLong(end.getInt(16));
    if (disks != 0 || here != entries) {
      throw bytes.failure(Reason.UNSUPPORTED, "an archive of several disks");
    }
    ZipEnd plain = new ZipEnd(entries, start, size);
    boolean located =
        at >= LOCATOR_BYTES
            && bytes.at(at - LOCATOR_BYTES, LOCATOR_BYTES, 0).getInt(0) == LOCATOR_SIGNATURE;
    if (located) {
      return zip64(bytes, at - LOCATOR_BYTES, plain);
    }
    if (entries == 0xffff || size == 0xffffffffL || start == 0xffffffffL) {
      throw bytes.malformed("the end record refers to a zip64 record that is not there");
    }
    return plain.closedBy(bytes, at);
  }

  private static ZipEnd zip64(ZipBytes bytes, long locatorAt, ZipEnd plain) throws IOException {
    ByteBuffer locator = bytes.at(locatorAt, LOCATOR_BYTES, 0);
    long at = locator.getLong(8);
    if (at < 0 || at != locatorAt - END64_BYTES) {
      throw bytes.malformed(
          "zip64 end record said to be at %d, it would have to be at %d"
              .formatted(at, locatorAt - END64_BYTES));
    }
    ByteBuffer end = bytes.at(at, END64_BYTES, 0);
    if (end.getInt(0) != END64_SIGNATURE || end.getLong(4) != END64_BYTES - 12) {
      throw bytes.malformed("no zip64 end record at " + at);
    }
    ZipEnd large = new ZipEnd(end.getLong(32), end.getLong(48), end.getLong(40));
    boolean oneDisk = end.getInt(16) == 0 && end.getInt(20) == 0 && locator.getInt(4) == 0;
    if (!oneDisk || end.getLong(24) != large.entries) {
      throw bytes.failure(Reason.UNSUPPORTED, "an archive of several disks");
    }
    boolean agree =
        (plain.entries == 0xffff || plain.entries == large.entries)
            && (plain.bytes == 0xffffffffL || plain.bytes == large.bytes)
            && (plain.start == 0xffffffffL || plain.start == large.start);
    if (!agree) {
      throw bytes.failure(
          Reason.UNSAFE, "two end records disagree: %s and %s".formatted(plain, large));
    }
    return large.closedBy(bytes, at);
  }

  private ZipEnd closedBy(ZipBytes file, long position) {
    if (start < 0 || bytes < 0 || start > position || bytes != position - start) {
      throw file.malformed(
          "a central directory of %d bytes at %d should end at %d"
              .formatted(bytes, start, position));
    }
    return this;
  }

  private static long position(ZipBytes bytes) throws IOException {
    long length = bytes.length();
    if (length < END_BYTES) {
      throw bytes.failure(
          Reason.TRUNCATED, "%d bytes, an end record alone needs %d".formatted(length, END_BYTES));
    }
    int tail = (int) Math.min(length, TAIL_BYTES + END_BYTES + LOCATOR_BYTES + END64_BYTES);
    ByteBuffer view = bytes.at(length - tail, tail, 0);
    long found = -1;
    for (int at = tail - END_BYTES; at >= 0 && at >= tail - END_BYTES - TAIL_BYTES; at--) {
      if (view.getInt(at) == END_SIGNATURE) {
        int comment = Short.toUnsignedInt(view.getShort(at + 20));
        boolean closes = at + END_BYTES + comment == tail;
        if (found >= 0 && closes) {
          throw bytes.failure(Reason.UNSAFE, "two end records");
        }
        found = closes ? length - tail + at : found;
      }
    }
    if (found < 0) {
      throw bytes.failure(Reason.TRUNCATED, "no end record closes the file");
    }
    return found;
  }
}
