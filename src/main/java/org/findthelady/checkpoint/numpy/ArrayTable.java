package org.findthelady.checkpoint.numpy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.zip.ZipDirectory;
import org.findthelady.checkpoint.zip.ZipEntry;
import org.findthelady.checkpoint.zip.ZipLocal;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/** Collects the arrays of a file or an archive; every size is held against what is stored. */
final class ArrayTable {
  /** Deflate cannot do better. */
  private static final long LARGEST_RATIO = 1032;

  private static final int LOCAL_AHEAD_BYTES = 1 << 10;
  private static final String ENDING = ".npy";

  private final FileInfo location;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, ArrayPlace> places = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  ArrayTable(FileInfo location) {
    this.location = location;
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  /** Those that are not packed. */
  ArrayPlace.Places places() {
    return new ArrayPlace.Places(places);
  }

  List<String> notes() {
    return notes;
  }

  void addFile(SeekableInput input) throws IOException {
    NpyHeader header = storedHeader(location.path(), input, 0, input.length());
    if (header.dtype() == null) {
      throw new CheckpointException(
          Reason.UNSUPPORTED, location.path() + ": elements that are no numbers");
    }
    add("arr_0", header, new Source(false, 0, input.length(), input.length()));
  }

  void addArchive(SeekableInput input) throws IOException {
    ZipDirectory directory = ZipDirectory.readCaseSensitive(input);
    for (ZipEntry entry : directory.entries()) {
      if (!entry.name().endsWith(ENDING)) {
        notes.add("not an array: " + entry.name());
        continue;
      }
      String where = location.path() + ": '" + entry.name() + "'";
      ZipLocal local = directory.local(entry, LOCAL_AHEAD_BYTES);
      NpyHeader header;
      switch (entry.method()) {
        case ZipEntry.STORED ->
            header = storedHeader(where, input, local.data(), entry.compressed());
        case ZipEntry.DEFLATED -> header = deflatedHeader(where, input, local);
        default ->
            throw new CheckpointException(
                Reason.UNSUPPORTED, "%s: compression method %d".formatted(where, entry.method()));
      }
      String name = entry.name().substring(0, entry.name().length() - ENDING.length());
      if (header.dtype() == null) {
        notes.add("not a tensor: " + name);
      } else {
        boolean deflated = entry.method() == ZipEntry.DEFLATED;
        add(name, header, new Source(deflated, local.data(), entry.compressed(), entry.size()));
      }
    }
  }

  /** Bytes of an npy file: where they are in the archive, and how many once inflated. */
  private record Source(boolean deflated, long position, long stored, long size) {}

  private void add(String name, NpyHeader header, Source source) {
    long length;
    try {
      length = header.dtype().bytes(header.shape());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: tensor '%s': shape %s overflows".formatted(location.path(), name, header.shape()),
          e);
    }
    long available = source.size() - header.bytes();
    if (length != available) {
      throw new CheckpointException(
          length > available ? Reason.TRUNCATED : Reason.MALFORMED,
          "%s: tensor '%s': %s %s needs %d bytes, %d are there"
              .formatted(location.path(), name, header.dtype(), header.shape(), length, available));
    }
    long first = source.deflated() ? source.position() : source.position() + header.bytes();
    if (source.deflated() || !header.packed()) {
      places.put(
          name,
          new ArrayPlace(
              source.deflated(),
              first,
              source.deflated() ? source.stored() : length,
              header.bytes(),
              header.bigEndian() && header.dtype().blockBytes() > 1,
              header.fortran()));
    }
    tensors.add(new TensorInfo(name, header.dtype(), header.shape(), 0, first, length));
  }

  private static NpyHeader storedHeader(
      String where, SeekableInput input, long position, long length) throws IOException {
    byte[] prefix = new byte[(int) Math.min(NpyHeader.PREFIX_BYTES, length)];
    input.readFully(position, prefix, 0, prefix.length);
    int bytes = NpyHeader.length(where, prefix);
    byte[] header = new byte[fitting(where, bytes, length)];
    input.readFully(position, header, 0, bytes);
    return NpyHeader.parse(where, header);
  }

  private static NpyHeader deflatedHeader(String where, SeekableInput input, ZipLocal local)
      throws IOException {
    ZipEntry entry = local.entry();
    if (entry.size() / LARGEST_RATIO > entry.compressed()) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes out of %d deflated ones"
              .formatted(where, entry.size(), entry.compressed()));
    }
    try (InflatedRange range = new InflatedRange(input, local.data(), entry.compressed())) {
      byte[] prefix = new byte[(int) Math.min(NpyHeader.PREFIX_BYTES, entry.size())];
      range.read(0, prefix, 0, prefix.length);
      int bytes = NpyHeader.length(where, prefix);
      byte[] header = new byte[fitting(where, bytes, entry.size())];
      System.arraycopy(prefix, 0, header, 0, Math.min(prefix.length, bytes));
      range.read(prefix.length, header, prefix.length, bytes - prefix.length);
      return NpyHeader.parse(where, header);
    }
  }

  private static int fitting(String where, int header, long length) {
    if (header < NpyHeader.PREFIX_BYTES || header > length) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: an npy header of %d bytes in a file of %d".formatted(where, header, length));
    }
    return header;
  }
}
