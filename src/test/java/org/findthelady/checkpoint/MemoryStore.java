package org.findthelady.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Files in memory, for fuzzing and for counting what is read. Folders are what paths imply. */
public final class MemoryStore implements Store {
  private final TreeMap<String, byte[]> files = new TreeMap<>();
  private final Set<String> opened = new TreeSet<>();
  private final Set<String> created = new TreeSet<>();
  private long bytesRead;
  private int reads;

  /** Puts a file there and says what it is. */
  public FileInfo put(String path, byte... bytes) {
    files.put(path, bytes);
    return info(path);
  }

  /** The bytes of a file. */
  public byte[] bytes(String path) {
    return files.get(path);
  }

  /** Bytes read so far. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Calls of {@code readFully} so far. */
  public int reads() {
    return reads;
  }

  /** Paths of the files that were opened so far. */
  public Set<String> opened() {
    return opened;
  }

  /** Paths of the files that were made so far. */
  public Set<String> created() {
    return created;
  }

  private FileInfo info(String path) {
    return new FileInfo(path, files.get(path).length, 0, false);
  }

  @Override
  public Optional<FileInfo> stat(String path) {
    if (files.containsKey(path)) {
      return Optional.of(info(path));
    }
    boolean folder = files.keySet().stream().anyMatch(file -> file.startsWith(path + "/"));
    return folder ? Optional.of(new FileInfo(path, 0, 0, true)) : Optional.empty();
  }

  @Override
  public List<FileInfo> list(String folder) {
    List<FileInfo> children = new ArrayList<>();
    files.keySet().stream()
        .filter(file -> file.startsWith(folder + "/"))
        .map(file -> folder + "/" + file.substring(folder.length() + 1).split("/", 2)[0])
        .distinct()
        .forEach(child -> stat(child).ifPresent(children::add));
    return children;
  }

  @Override
  public List<FileInfo> glob(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    byte[] bytes = files.get(file.path());
    if (bytes == null) {
      throw new FileNotFoundException(file.path());
    }
    opened.add(file.path());
    return new SeekableInput() {
      @Override
      public String location() {
        return file.path();
      }

      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public void readFully(long position, byte[] target, int offset, int count)
          throws IOException {
        if (position < 0 || position > bytes.length - count) {
          throw new EOFException("%d bytes at %d of %d".formatted(count, position, bytes.length));
        }
        System.arraycopy(bytes, (int) position, target, offset, count);
        bytesRead += count;
        reads++;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (files.containsKey(path)) {
      throw new IOException("Something is there already: " + path);
    }
    created.add(path);
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        files.put(path, toByteArray());
      }
    };
  }

  @Override
  public void replace(String path, byte[] content) {
    files.put(path, content.clone());
  }

  @Override
  public void rename(String from, String to) {
    files.put(to, files.remove(from));
  }

  @Override
  public void delete(String path) {
    files.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/"));
  }
}
