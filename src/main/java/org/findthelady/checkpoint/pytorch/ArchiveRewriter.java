package org.findthelady.checkpoint.pytorch;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.zip.ZipDirectory;
import org.findthelady.checkpoint.zip.ZipEntry;
import org.findthelady.checkpoint.zip.ZipLocal;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Copies an archive with moved tensors. Every byte stays where it is but for the storages' elements
 * and their CRCs in local header, descriptor and directory. The source's CRCs are checked on the
 * way, so that a damaged storage is not given a valid one.
 */
final class ArchiveRewriter {
  private static final int BUFFER_BYTES = 1 << 20;

  private final SeekableInput file;
  private final ZipDirectory directory;
  private final Map<String, List<PlacedTensor>> tensorsByEntry = new HashMap<>();
  private final TensorTable table;
  private final StorageRewriter storages;

  private ArchiveRewriter(SeekableInput file, TensorReader bytes, Map<String, Move> moves)
      throws IOException {
    this.file = file;
    TorchArchive archive = TorchArchive.open(file);
    this.directory = archive.directory();
    this.table = archive.tensors();
    for (PlacedTensor tensor : table.tensors()) {
      ZipEntry entry = archive.storages().get(tensor.view().storage().key());
      tensorsByEntry.computeIfAbsent(entry.name(), name -> new ArrayList<>()).add(tensor);
    }
    for (String name : moves.keySet()) {
      if (!table.byName().containsKey(name)) {
        throw new IllegalArgumentException(
            "no tensor '%s' to move in %s".formatted(name, file.location()));
      }
    }
    this.storages = new StorageRewriter(file, bytes, moves);
  }

  /** Reads the headers again; nothing is written yet. */
  static ArchiveRewriter of(SeekableInput file, TensorReader bytes, Map<String, Move> moves)
      throws IOException {
    return new ArchiveRewriter(file, bytes, moves);
  }

  /**
   * Writes the whole archive; the stream is flushed, not closed.
   *
   * @throws CheckpointException if the source is damaged, or moves of tensors that share a storage
   *     disagree
   */
  void write(OutputStream target) throws IOException {
    OutputStream out = new BufferedOutputStream(target, BUFFER_BYTES);
    List<ZipEntry> entries = new ArrayList<>(directory.entries());
    entries.sort(Comparator.comparingLong(ZipEntry::position));
    Map<ZipEntry, Long> crcs = new HashMap<>();
    for (ZipEntry entry : entries) {
      crcs.put(entry, entry(entry, out));
    }
    directory(crcs, out);
    out.flush();
  }

  /** Writes one entry and returns the CRC of its data. */
  private long entry(ZipEntry entry, OutputStream out) throws IOException {
    ZipLocal local = directory.local(entry, 0);
    checkSource(local);
    List<PlacedTensor> tensors = tensorsByEntry.get(entry.name());
    if (tensors == null) {
      copy(entry.position(), entry.end(), out);
      return entry.crc();
    }
    for (PlacedTensor tensor : tensors) {
      table.check().before(tensor);
    }
    byte[] header = read(entry.position(), local.data());
    if (local.crcInHeader()) {
      CheckedOutputStream dry =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      storages.write(local, tensors, dry);
      put(header, ZipLocal.CRC_IN_HEADER, dry.getChecksum().getValue());
    }
    out.write(header);
    CheckedOutputStream data = new CheckedOutputStream(out, new CRC32());
    storages.write(local, tensors, data);
    long crc = data.getChecksum().getValue();
    long end = local.data() + entry.compressed();
    byte[] descriptor = read(end, entry.end());
    if (local.descriptorCrc() >= 0) {
      put(descriptor, (int) (local.descriptorCrc() - end), crc);
    }
    out.write(descriptor);
    return crc;
  }

  private void directory(Map<ZipEntry, Long> crcs, OutputStream out) throws IOException {
    byte[] bytes = read(directory.start(), file.length());
    crcs.forEach(
        (entry, crc) ->
            put(bytes, (int) (entry.record() - directory.start()) + ZipLocal.CRC_IN_RECORD, crc));
    out.write(bytes);
  }

  private void checkSource(ZipLocal local) throws IOException {
    CheckedOutputStream source =
        new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
    ZipEntry entry = local.entry();
    copy(local.data(), local.data() + entry.compressed(), source);
    long crc = source.getChecksum().getValue();
    if (crc != entry.crc()) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: entry '%s' has CRC %08x, the directory says %08x"
              .formatted(file.location(), entry.name(), crc, entry.crc()));
    }
  }

  private void copy(long from, long to, OutputStream out) throws IOException {
    FileRange.copy(file, from, to, out);
  }

  private byte[] read(long from, long to) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(to - from)];
    file.readFully(from, bytes, 0, bytes.length);
    return bytes;
  }

  private static void put(byte[] bytes, int at, long crc) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, (int) crc);
  }
}
