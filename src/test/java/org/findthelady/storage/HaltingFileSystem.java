package org.findthelady.storage;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code halt://disk/}, in a process that dies like a power cut: when a file
 * named killer is opened, and at the change of number {@code ftl.test.halt}.
 */
public final class HaltingFileSystem extends RawLocalFileSystem {
  /** Exit code of a process that was halted. */
  public static final int HALTED = 97;

  private static final AtomicInteger CHANGES = new AtomicInteger();

  private static void change() {
    if (CHANGES.incrementAndGet() == Integer.getInteger("ftl.test.halt", -1)) {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  @Override
  public URI getUri() {
    return URI.create("halt://disk");
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (path.getName().startsWith("killer")) {
      Runtime.getRuntime().halt(HALTED);
    }
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change();
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change();
    return super.delete(path, recursive);
  }
}
