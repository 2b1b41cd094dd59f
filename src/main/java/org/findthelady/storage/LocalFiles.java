package org.findthelady.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;

/**
 * Files of the local machine. A link is followed when it is named; in a listing, links that lead
 * out of the folder or back to a folder above are left out, except those of a Hugging Face cache
 * ({@code snapshots/<revision>/x -> ../../blobs/y}).
 */
final class LocalFiles implements Store {
  static final LocalFiles INSTANCE = new LocalFiles();

  private LocalFiles() {}

  @Override
  public Optional<FileInfo> stat(String path) throws IOException {
    return info(path(path));
  }

  @Override
  public List<FileInfo> list(String folder) throws IOException {
    Path parent = path(folder);
    Path real;
    try {
      real = parent.toRealPath();
    } catch (NoSuchFileException e) {
      throw missing(folder, e);
    }
    List<FileInfo> children = new ArrayList<>();
    for (Path entry : entries(parent)) {
      if (!Files.isSymbolicLink(entry) || staysInside(real, entry)) {
        info(entry).ifPresent(children::add);
      }
    }
    return children;
  }

  @Override
  public List<FileInfo> leftOut(String folder) throws IOException {
    Path real = path(folder).toRealPath();
    List<FileInfo> left = new ArrayList<>();
    for (Path entry : entries(path(folder))) {
      if (Files.isSymbolicLink(entry) && !staysInside(real, entry)) {
        left.add(info(entry).orElse(nothing(entry)));
      }
    }
    return left;
  }

  /** What a folder holds, sorted. */
  private static List<Path> entries(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(all::add);
    } catch (NotDirectoryException e) {
      throw new IOException("Not a folder: " + folder, e);
    }
    all.sort(Comparator.comparing(Path::toString));
    return all;
  }

  /** A link that leads nowhere. */
  private static FileInfo nothing(Path link) {
    return new FileInfo(link.toString(), 0, 0, false);
  }

  private static boolean staysInside(Path realFolder, Path link) {
    try {
      Path target = link.toRealPath();
      Path above = realFolder.getParent();
      boolean cached =
          above != null
              && above.endsWith("snapshots")
              && target.startsWith(above.resolveSibling("blobs"));
      return cached || (target.startsWith(realFolder) && !target.equals(realFolder));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<FileInfo> glob(String pattern) throws IOException {
    List<FileInfo> matches = new ArrayList<>();
    for (Path match : LocalGlob.expand(path(pattern))) {
      Optional<FileInfo> found = info(match);
      if (found.isPresent() || Files.isSymbolicLink(match)) {
        matches.add(found.orElse(nothing(match)));
      }
    }
    matches.sort(Comparator.comparing(FileInfo::path));
    return matches;
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    FileInfo now = stat(file.path()).orElseThrow(() -> missing(file.path(), null));
    Unchanged.check(file, now);
    if (Files.readAttributes(path(file.path()), BasicFileAttributes.class).isOther()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          file.path() + " is a pipe, a socket or a device, which cannot be read as a file");
    }
    try {
      return new LocalInput(path(file.path()), now);
    } catch (NoSuchFileException e) {
      throw missing(file.path(), e); // It was removed since it was looked at.
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    Path file = path(path);
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    try {
      return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("Something is there already: " + path, e);
    }
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    String written = path + "." + UUID.randomUUID();
    try {
      try (OutputStream out = create(written)) {
        out.write(content);
      }
      Files.move(
          path(written),
          path(path),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(path(written));
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = path(from);
    Path target = path(to);
    if (Files.exists(target, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("Cannot rename %s to %s: something is there".formatted(from, to));
    }
    if (!Files.exists(source)) {
      throw missing(from, null);
    }
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    if (Files.isRegularFile(source)) {
      linkThenUnlink(source, target);
    } else {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void supersede(String from, String to) throws IOException {
    Path source = path(from);
    Path target = path(to);
    if (!Files.isRegularFile(source)) {
      Store.super.supersede(from, to);
      return;
    }
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    move(source, target);
  }

  /** Unlike rename(2), a link never replaces what another process put there meanwhile. */
  private static void linkThenUnlink(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "Cannot rename %s to %s: something is there".formatted(source, target), e);
    } catch (FileSystemException | UnsupportedOperationException e) {
      move(source, target); // There are file systems without hard links.
      return;
    }
    Files.delete(source);
  }

  /** Replaces a file that is there. */
  private static void move(Path source, Path target) throws IOException {
    try {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("Cannot rename %s to %s: not on one disk".formatted(source, target), e);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Path root = path(path);
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Optional<FileInfo> info(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      boolean folder = attributes.isDirectory();
      return Optional.of(
          new FileInfo(
              path.toString(),
              folder ? 0 : attributes.size(),
              attributes.lastModifiedTime().toMillis(),
              folder));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (Files.isSymbolicLink(path)) {
        return Optional.empty();
      }
      String reason = e.getReason();
      if (reason != null && reason.contains("Not a directory")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Path path(String path) throws IOException {
    try {
      return Path.of(Location.of(path).path());
    } catch (UserException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static FileNotFoundException missing(String path, Exception cause) {
    FileNotFoundException missing = new FileNotFoundException("Nothing is there: " + path);
    missing.initCause(cause);
    return missing;
  }
}
