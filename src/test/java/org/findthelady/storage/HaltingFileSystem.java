package org.findthelady.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files in place of HDFS, under {@code hdfs://disk/}, in a process that dies like a power
 * cut: when a file named killer is opened, at the change of number {@code ftl.test.halt}, and at
 * the change that {@code ftl.test.halt.at} names. That is a regular expression for one of
 *
 * <pre>
 * create PATH          before a file is there
 * tear PATH            when a part of it is there
 * created PATH         when it is whole
 * rename FROM to TO    before, and "renamed ..." after it
 * delete PATH          before, and "deleted ..." after it
 * </pre>
 */
public final class HaltingFileSystem extends RawLocalFileSystem {
  /** Exit code of a process that was halted. */
  public static final int HALTED = 97;

  /** Where its files are, ahead of their local paths. */
  public static final String ROOT = "hdfs://disk";

  /** Hadoop properties that put it in HDFS' place. */
  public static final Map<String, String> PROPERTIES =
      Map.of(
          "fs.hdfs.impl", HaltingFileSystem.class.getName(),
          "fs.AbstractFileSystem.hdfs.impl", Renaming.class.getName());

  private static final AtomicInteger CHANGES = new AtomicInteger();
  private static final Pattern AT = Pattern.compile(System.getProperty("ftl.test.halt.at", "-"));

  private static void change(String what) {
    if (CHANGES.incrementAndGet() == Integer.getInteger("ftl.test.halt", -1)) {
      Runtime.getRuntime().halt(HALTED);
    }
    pass(what);
  }

  private static void pass(String what) {
    if (AT.matcher(what).matches()) {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  private static String plain(Path path) {
    return path.toUri().getPath();
  }

  @Override
  public URI getUri() {
    return URI.create(ROOT);
  }

  @Override
  protected int getDefaultPort() {
    return 8020;
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
    change("create " + plain(path));
    return torn(
        path,
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change("create " + plain(path));
    return torn(path, super.create(path, overwrite, bufferSize, replication, blockSize, progress));
  }

  private static FSDataOutputStream torn(Path path, FSDataOutputStream file) throws IOException {
    OutputStream out =
        new FilterOutputStream(file) {
          private boolean closed;

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            file.write(bytes, from, length / 2);
            file.flush();
            pass("tear " + plain(path));
            file.write(bytes, from + length / 2, length - length / 2);
          }

          @Override
          public void close() throws IOException {
            super.close();
            if (!closed) {
              closed = true;
              pass("created " + plain(path));
            }
          }
        };
    return new FSDataOutputStream(out, null);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    String what = "%s to %s".formatted(plain(from), plain(to));
    change("rename " + what);
    boolean renamed = super.rename(from, to);
    pass("renamed " + what);
    return renamed;
  }

  private void replace(Path from, Path to) throws IOException {
    String what = "%s to %s".formatted(plain(from), plain(to));
    change("rename " + what);
    Files.move(
        pathToFile(from).toPath(),
        pathToFile(to).toPath(),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
    pass("renamed " + what);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change("delete " + plain(path));
    boolean deleted = super.delete(path, recursive);
    pass("deleted " + plain(path));
    return deleted;
  }

  /** The same for those who rename over a file at once, as HDFS can. */
  public static final class Renaming extends DelegateToFileSystem {
    private final HaltingFileSystem files;

    /** As Hadoop makes it. */
    public Renaming(URI uri, Configuration configuration) throws IOException, URISyntaxException {
      this(uri, new HaltingFileSystem(), configuration);
    }

    private Renaming(URI uri, HaltingFileSystem files, Configuration configuration)
        throws IOException, URISyntaxException {
      super(uri, files, configuration, "hdfs", true);
      this.files = files;
    }

    @Override
    public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
      files.replace(from, to);
    }
  }
}
