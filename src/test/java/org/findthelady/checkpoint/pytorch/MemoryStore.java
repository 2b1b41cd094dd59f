package org.findthelady.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;

/** Files in memory, which counts how they are read. */
final class MemoryStore implements Store {
  private final Map<String, byte[]> files = new TreeMap<>();
  private long requests;
  private long bytesRead;

  FileInfo put(String path, byte[] bytes) {
    files.put(path, bytes);
    return new FileInfo(path, bytes.length, 0, false);
  }

  FileInfo put(Path file) throws IOException {
    return put("/" + file.getFileName(), Files.readAllBytes(file));
  }

  byte[] bytes(String path) {
    return files.get(path);
  }

  long requests() {
    return requests;
  }

  long bytesRead() {
    return bytesRead;
  }

  @Override
  public Optional<FileInfo> stat(String path) {
    return Optional.ofNullable(files.get(path))
        .map(bytes -> new FileInfo(path, bytes.length, 0, false));
  }

  @Override
  public List<FileInfo> list(String folder) {
    List<FileInfo> children = new ArrayList<>();
    files.keySet().stream()
        .filter(path -> path.startsWith(folder + "/"))
        .forEach(path -> children.add(stat(path).orElseThrow()));
    return children;
  }

  @Override
  public List<FileInfo> glob(String pattern) {
    return stat(pattern).map(List::of).orElse(List.of());
  }

  @Override
  public SeekableInput open(FileInfo file) {
    return new Input(file.path(), files.get(file.path()));
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (files.containsKey(path)) {
      throw new IOException(path + " exists");
    }
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        files.put(path, toByteArray());
      }
    };
  }

  @Override
  public void rename(String from, String to) {
    files.put(to, files.remove(from));
  }

  @Override
  public void delete(String path) {
    files.remove(path);
  }

  private final class Input implements SeekableInput {
    private final String location;
    private final byte[] bytes;

    Input(String location, byte[] bytes) {
      this.location = location;
      this.bytes = bytes;
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int count) throws IOException {
      requests++;
      bytesRead += count;
      if (position < 0 || position + count > bytes.length) {
        throw new EOFException(position + " + " + count + " of " + bytes.length);
      }
      System.arraycopy(bytes, (int) position, target, offset, count);
    }

    @Override
    public void close() {}
  }
}
