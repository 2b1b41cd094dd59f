package org.findthelady.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;

/** Files behind one of Hadoop's file systems. */
final class RemoteFiles implements Store {
  private static final Map<Map<String, String>, RemoteFiles> BY_PROPERTIES =
      new ConcurrentHashMap<>();

  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";

  /** Option of a new file on S3: nothing is asked about what lies at its path. */
  private static final String WITHOUT_LOOKING = "fs.s3a.create.performance";

  /** S3A's setting, what it is without one, and the least that S3 takes. */
  private static final String PART_BYTES = "fs.s3a.multipart.size";

  private static final long DEFAULT_PART_BYTES = 64 << 20;
  private static final long LEAST_PART_BYTES = 5 << 20;

  private static final Set<String> RENAMING_SCHEMES = Set.of("hdfs", "viewfs");

  private final Configuration configuration;
  private final FetchedObjects fetched;
  private final Map<String, FileSystem> systems = new ConcurrentHashMap<>();

  private RemoteFiles(Map<String, String> properties) {
    configuration = RemoteDefaults.configuration(properties);
    fetched =
        new FetchedObjects(
            configuration.getLongBytes(FetchedObjects.MOST, FetchedObjects.MOST_BYTES));
  }

  /** The file systems for these properties; one set for each in a process. */
  static RemoteFiles with(Map<String, String> properties) {
    return BY_PROPERTIES.computeIfAbsent(Map.copyOf(properties), RemoteFiles::new);
  }

  @Override
  public Optional<FileInfo> stat(String path) throws IOException {
    Path named = new Path(path);
    try {
      return Optional.of(info(system(named).getFileStatus(named)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<FileInfo> list(String folder) throws IOException {
    Path named = new Path(folder);
    return sorted(system(named).listStatus(named));
  }

  @Override
  public List<FileInfo> glob(String pattern) throws IOException {
    Path named = new Path(pattern);
    FileStatus[] found = system(named).globStatus(named);
    return found == null ? List.of() : sorted(found);
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    Path path = new Path(file.path());
    FileSystem system = system(path);
    if (!file.tag().isEmpty() && isS3(system)) {
      // The store compares the tag.
      return new RemoteInput(system, S3Objects.status(file), fetched.of(file));
    }
    FileStatus now = system.getFileStatus(path);
    Unchanged.check(file, info(now));
    return new RemoteInput(system, now, FetchedObject.NONE);
  }

  /** On S3 the store itself refuses to overwrite, when the stream is closed. */
  @Override
  public OutputStream create(String path) throws IOException {
    Path named = new Path(path);
    try {
      FSDataOutputStreamBuilder<?, ?> builder = system(named).createFile(named);
      builder.recursive();
      builder.overwrite(false);
      builder.opt(Options.CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
      return builder.build();
    } catch (FileAlreadyExistsException e) {
      throw new IOException("Something is there already: " + path, e);
    }
  }

  @Override
  public boolean keepsObjects(String path) {
    try {
      return isS3(system(new Path(path)));
    } catch (IOException cannotBeReached) {
      return false; // Whoever reads or writes there says why.
    }
  }

  @Override
  public OutputStream put(String path) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = system(new Path(path)).createFile(new Path(path));
    return builder.recursive().overwrite(true).opt(WITHOUT_LOOKING, true).build();
  }

  @Override
  public long partBytes(String path) throws IOException {
    Configuration ofBucket = system(new Path(path)).getConf();
    return Math.max(LEAST_PART_BYTES, ofBucket.getLongBytes(PART_BYTES, DEFAULT_PART_BYTES));
  }

  /**
   * A file system with an atomic rename gets the file under another name first; an object store
   * shows a file only once it is whole.
   */
  @Override
  public void replace(String path, byte[] content) throws IOException {
    Path named = new Path(path);
    FileSystem system = system(named);
    boolean renames = renamesOver(system);
    Path written = renames ? named.suffix("." + UUID.randomUUID()) : named;
    try (OutputStream out = system.create(written, true)) {
      out.write(content);
    }
    if (renames) {
      try {
        renameOver(written, named);
      } catch (IOException e) {
        system.delete(written, false);
        throw e;
      }
    }
  }

  /** Whether a file system can rename a file over another one. */
  private static boolean renamesOver(FileSystem system) {
    return RENAMING_SCHEMES.contains(system.getUri().getScheme());
  }

  private void renameOver(Path from, Path to) throws IOException {
    FileContext.getFileContext(to.toUri(), configuration)
        .rename(from, to, Options.Rename.OVERWRITE);
  }

  @Override
  public void supersede(String from, String to) throws IOException {
    Path source = new Path(from);
    Path target = new Path(to);
    FileSystem system = system(source);
    boolean over = renamesOver(system) && system.equals(system(target));
    if (over && stat(from).filter(there -> !there.folder()).isPresent()) {
      system.mkdirs(target.getParent());
      renameOver(source, target);
    } else {
      Store.super.supersede(from, to);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = new Path(from);
    Path target = new Path(to);
    FileSystem system = system(source);
    if (!system.equals(system(target))) {
      throw new IOException("Cannot rename %s to %s: another file system".formatted(from, to));
    }
    if (system.exists(target)) {
      throw new IOException("Cannot rename %s to %s: something is there".formatted(from, to));
    }
    if (target.getParent() != null) {
      system.mkdirs(target.getParent());
    }
    if (!system.rename(source, target)) {
      throw new IOException("Cannot rename %s to %s".formatted(from, to));
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Path named = new Path(path);
    system(named).delete(named, true);
  }

  private FileSystem system(Path path) throws IOException {
    String scheme = String.valueOf(path.toUri().getScheme()).toLowerCase(Locale.ROOT);
    if (scheme.equals("http") || scheme.equals("https") || scheme.equals("hf")) {
      throw new CheckpointException(
          CheckpointException.Reason.UNSUPPORTED,
          "%s: %s:// is not supported; download it first".formatted(path, scheme));
    }
    String key = path.toUri().getScheme() + "://" + path.toUri().getAuthority();
    FileSystem open = systems.get(key);
    if (open != null) {
      return open;
    }
    synchronized (systems) {
      open = systems.get(key);
      if (open == null) {
        open = FileSystem.newInstance(path.toUri(), configuration);
        systems.put(key, open);
      }
      return open;
    }
  }

  private static boolean isS3(FileSystem system) {
    return system.getClass().getName().equals(S3A);
  }

  private static List<FileInfo> sorted(FileStatus[] statuses) {
    List<FileInfo> infos = new ArrayList<>();
    for (FileStatus status : statuses) {
      infos.add(info(status));
    }
    infos.sort(Comparator.comparing(FileInfo::path));
    return infos;
  }

  private static FileInfo info(FileStatus status) {
    boolean folder = status.isDirectory();
    String tag = !folder && status instanceof EtagSource tagged ? tagged.getEtag() : null;
    return new FileInfo(
        status.getPath().toString(),
        folder ? 0 : status.getLen(),
        status.getModificationTime(),
        folder,
        tag == null ? "" : tag);
  }
}
