package org.findthelady.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.OutputException;

/**
 * Local files, HDFS, S3 and whatever else Hadoop's file systems reach. A path without a scheme, or
 * with {@code file:}, is local and read without Hadoop, which keeps start-up short and leaves no
 * checksum files behind; paths returned for local files are absolute and plain. Every other path
 * names its scheme.
 *
 * <p>Carries only configuration properties, so it can be sent to executors; file systems are opened
 * when first used and shared by all stores with equal properties in one process. Thread-safe.
 */
public final class HadoopStore implements Store, Serializable {
  private static final long serialVersionUID = 1;

  private final TreeMap<String, String> properties;

  /** A store with the configuration that lies on the class path. */
  public HadoopStore() {
    this(Map.of());
  }

  /**
   * @param properties Hadoop properties ({@code fs.s3a.endpoint} and so on), over those of the
   *     configuration files
   */
  public HadoopStore(Map<String, String> properties) {
    this.properties = new TreeMap<>(properties);
  }

  /** Whether both reach the same places with the same settings. */
  @Override
  public boolean equals(Object other) {
    return other instanceof HadoopStore store && properties.equals(store.properties);
  }

  @Override
  public int hashCode() {
    return properties.hashCode();
  }

  @Override
  public Optional<FileInfo> stat(String path) throws IOException {
    return files(path).stat(path);
  }

  @Override
  public List<FileInfo> list(String folder) throws IOException {
    return files(folder).list(folder);
  }

  @Override
  public List<FileInfo> leftOut(String folder) throws IOException {
    return files(folder).leftOut(folder);
  }

  @Override
  public List<FileInfo> glob(String pattern) throws IOException {
    return files(pattern).glob(pattern);
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    return files(file.path()).open(file);
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return OutputGuard.open(path, () -> files(path).create(path));
  }

  @Override
  public boolean keepsObjects(String path) {
    return files(path).keepsObjects(path);
  }

  @Override
  public OutputStream put(String path) throws IOException {
    return OutputGuard.open(path, () -> files(path).put(path));
  }

  @Override
  public long partBytes(String path) throws IOException {
    return files(path).partBytes(path);
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    OutputGuard.guarded(
        path,
        () -> {
          files(path).replace(path, content);
          return null;
        });
  }

  @Override
  public void rename(String from, String to) throws IOException {
    moved(from, to, Store::rename);
  }

  @Override
  public void supersede(String from, String to) throws IOException {
    moved(from, to, Store::supersede);
  }

  /** A way to bring what is at one place to another. */
  private interface Way {
    void move(Store store, String from, String to) throws IOException;
  }

  private void moved(String from, String to, Way way) throws IOException {
    Store files = files(from);
    if (files.getClass() != files(to).getClass()) {
      String reason = "Cannot rename %s to %s: another file system".formatted(from, to);
      throw new OutputException(to, reason, null);
    }
    OutputGuard.guarded(
        to,
        () -> {
          way.move(files, from, to);
          return null;
        });
  }

  @Override
  public void delete(String path) throws IOException {
    OutputGuard.guarded(
        path,
        () -> {
          files(path).delete(path);
          return null;
        });
  }

  private Store files(String path) {
    return Location.isLocal(path) ? LocalFiles.INSTANCE : RemoteFiles.with(properties);
  }
}
