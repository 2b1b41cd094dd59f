package org.findthelady.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The central directory of an archive. Invariants of its entries: their names differ, also without
 * regard to case; from local header to end they follow each other from the start of the file to the
 * directory, without overlap.
 */
public final class ZipDirectory {
  private static final int RECORD_SIGNATURE = 0x02014b50;
  private static final int RECORD_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int DIRECTORY_LIMIT = 64 << 20;
  private static final int ENCRYPTED_FLAGS = 1 | 1 << 5 | 1 << 6 | 1 << 13;
  private static final long MOST_32 = 0xffffffffL;
  private static final int ZIP64_EXTRA = 1;

  private final ZipBytes bytes;
  private final long start;
  private final List<ZipEntry> entries;

  private ZipDirectory(ZipBytes bytes, long start, List<ZipEntry> entries) {
    this.bytes = bytes;
    this.start = start;
    this.entries = entries;
  }

  /**
   * Reads the directory: one request, or two if it is longer than 64 KiB.
   *
   * @throws org.findthelady.core.CheckpointException if the archive is damaged, encrypted, split or
   *     ambiguous
   */
  public static ZipDirectory read(SeekableInput file) throws IOException {
    return read(file, name -> name.toLowerCase(Locale.ROOT));
  }

  /**
   * As {@link #read(SeekableInput)}, for formats whose readers tell {@code W} from {@code w}: names
   * that differ in case only are two entries.
   */
  public static ZipDirectory readCaseSensitive(SeekableInput file) throws IOException {
    return read(file, UnaryOperator.identity());
  }

  private static ZipDirectory read(SeekableInput file, UnaryOperator<String> sameName)
      throws IOException {
    ZipBytes bytes = new ZipBytes(file);
    ZipEnd end = ZipEnd.find(bytes);
    if (end.bytes() > DIRECTORY_LIMIT) {
      throw bytes.failure(
          Reason.LIMIT,
          "a central directory of %d bytes, at most %d are read"
              .formatted(end.bytes(), DIRECTORY_LIMIT));
    }
    if (end.entries() < 0 || end.entries() > end.bytes() / RECORD_BYTES) {
      throw bytes.malformed(
          "%d entries in a central directory of %d bytes".formatted(end.entries(), end.bytes()));
    }
    ByteBuffer records = bytes.at(end.start(), (int) end.bytes(), 0);
    List<ZipEntry> entries = new ArrayList<>();
    while (records.hasRemaining()) {
      entries.add(record(bytes, records, end.start()));
    }
    if (entries.size() != end.entries()) {
      throw bytes.malformed(
          "%d entries declared, %d found".formatted(end.entries(), entries.size()));
    }
    return new ZipDirectory(bytes, end.start(), laidOut(bytes, entries, end.start(), sameName));
  }

  /** All entries in the order of the directory. */
  public List<ZipEntry> entries() {
    return entries;
  }

  /** Absolute position of the central directory. */
  public long start() {
    return start;
  }

  /**
   * Reads an entry's local header and compares it with the directory.
   *
   * @param ahead how many bytes to read behind it in the same request, for the next headers
   * @throws org.findthelady.core.CheckpointException if they differ or the data does not fit
   */
  public ZipLocal local(ZipEntry entry, int ahead) throws IOException {
    return ZipLocal.read(bytes, entry, ahead);
  }

  private static ZipEntry record(ZipBytes bytes, ByteBuffer records, long start) {
    int at = records.position();
    if (records.remaining() < RECORD_BYTES || records.getInt(at) != RECORD_SIGNATURE) {
      throw bytes.malformed("no directory record at " + (start + at));
    }
    int nameBytes = Short.toUnsignedInt(records.getShort(at + 28));
    int extraBytes = Short.toUnsignedInt(records.getShort(at + 30));
    int commentBytes = Short.toUnsignedInt(records.getShort(at + 32));
    if (records.remaining() - RECORD_BYTES < nameBytes + extraBytes + commentBytes) {
      throw bytes.malformed("the directory record at %d is cut off".formatted(start + at));
    }
    String name = name(bytes, records.slice(at + RECORD_BYTES, nameBytes));
    int flags = Short.toUnsignedInt(records.getShort(at + 8));
    if ((flags & ENCRYPTED_FLAGS) != 0) {
      throw bytes.failure(Reason.UNSUPPORTED, "entry '%s' is encrypted or a patch".formatted(name));
    }
    long crc = Integer.toUnsignedLong(records.getInt(at + 16));
    long compressed = Integer.toUnsignedLong(records.getInt(at + 20));
    long size = Integer.toUnsignedLong(records.getInt(at + 24));
    long position = Integer.toUnsignedLong(records.getInt(at + 42));
    if (records.getShort(at + 34) != 0) {
      throw bytes.failure(Reason.UNSUPPORTED, "entry '%s' is on another disk".formatted(name));
    }
    ByteBuffer large =
        ZipExtra.find(
            bytes, name, records.slice(at + RECORD_BYTES + nameBytes, extraBytes), ZIP64_EXTRA);
    boolean zip64 = large != null;
    size = size == MOST_32 ? widened(bytes, name, large) : size;
    compressed = compressed == MOST_32 ? widened(bytes, name, large) : compressed;
    position = position == MOST_32 ? widened(bytes, name, large) : position;
    int method = Short.toUnsignedInt(records.getShort(at + 10));
    if (method == ZipEntry.STORED && size != compressed) {
      throw bytes.malformed(
          "stored entry '%s' has %d bytes, of %d uncompressed".formatted(name, compressed, size));
    }
    records.position(at + RECORD_BYTES + nameBytes + extraBytes + commentBytes);
    ZipEntry.Content content = new ZipEntry.Content(crc, compressed, size);
    return new ZipEntry(name, flags, method, content, position, position, start + at, zip64);
  }

  private static long widened(ZipBytes bytes, String name, ByteBuffer large) {
    if (large == null || large.remaining() < Long.BYTES) {
      throw bytes.malformed("entry '%s' lacks its zip64 sizes".formatted(name));
    }
    long value = large.getLong();
    if (value < 0 || value > bytes.length()) {
      throw bytes.malformed(
          "entry '%s' says %s in a file of %d bytes"
              .formatted(name, Long.toUnsignedString(value), bytes.length()));
    }
    return value;
  }

  private static String name(ZipBytes bytes, ByteBuffer name) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(name).toString();
    } catch (CharacterCodingException e) {
      throw bytes.malformed("an entry name is not UTF-8");
    }
    boolean climbs = ("/" + text + "/").contains("/../") || text.startsWith("/");
    if (text.isEmpty() || climbs || text.indexOf('\\') >= 0 || text.indexOf('\0') >= 0) {
      throw bytes.failure(Reason.UNSAFE, "entry name '%s'".formatted(text));
    }
    return text;
  }

  /** Gives every entry the place where it ends. */
  private static List<ZipEntry> laidOut(
      ZipBytes bytes, List<ZipEntry> entries, long end, UnaryOperator<String> sameName) {
    Set<String> names = new HashSet<>();
    for (ZipEntry entry : entries) {
      if (!names.add(sameName.apply(entry.name()))) {
        throw bytes.failure(Reason.UNSAFE, "two entries '%s'".formatted(entry.name()));
      }
    }
    List<ZipEntry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(ZipEntry::position).reversed());
    long next = end;
    List<ZipEntry> placed = new ArrayList<>();
    for (ZipEntry entry : ordered) {
      if (entry.position() > next || next - entry.position() - LOCAL_BYTES < entry.compressed()) {
        throw bytes.failure(
            Reason.UNSAFE,
            "entry '%s' of %d bytes at %d overlaps what starts at %d"
                .formatted(entry.name(), entry.compressed(), entry.position(), next));
      }
      placed.add(entry.endingAt(next));
      next = entry.position();
    }
    if (next != 0) {
      throw bytes.failure(Reason.UNSAFE, next + " bytes before the first entry");
    }
    placed.sort(Comparator.comparingLong(ZipEntry::record));
    return Collections.unmodifiableList(placed);
  }
}
