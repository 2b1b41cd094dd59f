package org.findthelady.checkpoint.zip;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes zip archives as PyTorch does (stored, data descriptors, data aligned to 64 bytes), with
 * every field open to lies.
 */
public final class RawZip {
  private static final int ALIGNMENT = 64;

  /** One entry; change what should be wrong. */
  public static final class Entry {
    public String name;
    public String localName;
    public byte[] data;

    /** Bytes of zeros that stand for the data if there are too many to hold. */
    public long zeros;

    public int method;
    public int flags = 1 << 3 | 1 << 11;
    public int localFlags = -1;
    public boolean descriptor = true;
    public long crc;
    public long descriptorCrc = -1;
    public long size;
    public long position = -1;
    public byte[] behind = new byte[0];
    private long written;

    private Entry(String name, byte[] data, long zeros) {
      this.name = name;
      this.localName = name;
      this.data = data;
      this.zeros = zeros;
      this.size = data.length + zeros;
      CRC32 sum = new CRC32();
      sum.update(data);
      this.crc = sum.getValue();
    }

    /** Without descriptor: sizes and CRC in the local header. */
    public Entry plain() {
      descriptor = false;
      flags &= ~(1 << 3);
      return this;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final SparseFile file = new SparseFile();
  public boolean zip64End = true;
  public String comment = "";
  public byte[] prefix = new byte[0];
  public int declaredEntries = -1;
  public long directoryShift;

  /** Adds an entry. */
  public Entry add(String name, byte[] data) {
    entries.add(new Entry(name, data, 0));
    return entries.get(entries.size() - 1);
  }

  /** Adds an entry of zeros, whose CRC is not right. */
  public Entry addZeros(String name, long count) {
    entries.add(new Entry(name, new byte[0], count));
    return entries.get(entries.size() - 1);
  }

  /** The archive as bytes. */
  public byte[] bytes() {
    SparseFile sparse = sparse();
    byte[] bytes = new byte[Math.toIntExact(sparse.length())];
    sparse.readFully(0, bytes, 0, bytes.length);
    return bytes;
  }

  /** The archive as a file of which zeros take no memory; once only. */
  public SparseFile sparse() {
    file.append(prefix);
    entries.forEach(this::local);
    long start = file.length();
    entries.forEach(this::record);
    end(start);
    return file;
  }

  private void local(Entry entry) {
    entry.written = file.length();
    byte[] name = entry.localName.getBytes(StandardCharsets.UTF_8);
    boolean large = large(entry);
    int wide = large && !entry.descriptor ? 20 : 0;
    long unpadded = file.length() + 30 + name.length + wide + 4;
    int padding = (int) ((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT);
    ByteBuffer header = buffer(30);
    header.putInt(0x04034b50).putShort((short) 0);
    header.putShort((short) (entry.localFlags < 0 ? entry.flags : entry.localFlags));
    header.putShort((short) entry.method).putInt(0);
    boolean described = (entry.flags & 1 << 3) != 0;
    header.putInt(described ? 0 : (int) entry.crc);
    header.putInt(described ? 0 : (int) (large ? -1 : entry.size));
    header.putInt(described ? 0 : (int) (large ? -1 : entry.size));
    header.putShort((short) name.length).putShort((short) (wide + 4 + padding));
    file.append(header);
    file.append(name);
    if (wide > 0) {
      file.append(
          buffer(20)
              .putShort((short) 1)
              .putShort((short) 16)
              .putLong(entry.size)
              .putLong(entry.size));
    }
    file.append(buffer(4 + padding).putShort((short) 0x4246).putShort((short) padding));
    file.append(entry.data);
    file.appendZeros(entry.zeros);
    if (entry.descriptor) {
      long crc = entry.descriptorCrc < 0 ? entry.crc : entry.descriptorCrc;
      ByteBuffer descriptor = buffer(large ? 24 : 16).putInt(0x08074b50).putInt((int) crc);
      if (large) {
        descriptor.putLong(entry.size).putLong(entry.size);
      } else {
        descriptor.putInt((int) entry.size).putInt((int) entry.size);
      }
      file.append(descriptor);
    }
    file.append(entry.behind);
  }

  private static boolean large(Entry entry) {
    return entry.size >= 0xffffffffL || entry.written >= 0xffffffffL;
  }

  private void record(Entry entry) {
    byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
    boolean large = large(entry);
    long position = entry.position < 0 ? entry.written : entry.position;
    ByteBuffer record = buffer(46);
    record.putInt(0x02014b50).putShort((short) 0).putShort((short) 0);
    record.putShort((short) entry.flags).putShort((short) entry.method).putInt(0);
    record.putInt((int) entry.crc);
    record.putInt((int) (large ? -1 : entry.size)).putInt((int) (large ? -1 : entry.size));
    record.putShort((short) name.length).putShort((short) (large ? 28 : 0));
    record.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    record.putInt((int) (large ? -1 : position));
    file.append(record);
    file.append(name);
    if (large) {
      file.append(
          buffer(28)
              .putShort((short) 1)
              .putShort((short) 24)
              .putLong(entry.size)
              .putLong(entry.size)
              .putLong(position));
    }
  }

  private void end(long start) {
    long bytes = file.length() - start;
    long at = file.length();
    int count = declaredEntries < 0 ? entries.size() : declaredEntries;
    long said = start + directoryShift;
    if (zip64End) {
      ByteBuffer large = buffer(56).putInt(0x06064b50).putLong(44).putShort((short) 45);
      large.putShort((short) 45).putInt(0).putInt(0).putLong(count).putLong(count);
      file.append(large.putLong(bytes).putLong(said));
      file.append(buffer(20).putInt(0x07064b50).putInt(0).putLong(at).putInt(1));
    }
    byte[] text = comment.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer end = buffer(22).putInt(0x06054b50).putInt(0);
    end.putShort((short) Math.min(count, 0xffff)).putShort((short) Math.min(count, 0xffff));
    end.putInt((int) bytes).putInt((int) Math.min(said, 0xffffffffL));
    file.append(end.putShort((short) text.length));
    file.append(text);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Concatenates. */
  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
