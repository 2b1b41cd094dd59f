package org.findthelady.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** A place where checkpoints live: a local folder, HDFS or S3, all alike. Thread-safe. */
public interface Store {
  /** What lies at {@code path}, or empty. */
  Optional<FileInfo> stat(String path) throws IOException;

  /** The direct children of a folder, sorted by path. */
  List<FileInfo> list(String folder) throws IOException;

  /**
   * Links in a folder that its listing leaves out, sorted by path: those that lead out of it, and
   * those that lead nowhere, as files of length 0.
   */
  default List<FileInfo> leftOut(String folder) throws IOException {
    return List.of();
  }

  /**
   * The files and folders that a glob pattern matches, sorted by path; empty if none does. A link
   * that leads nowhere is a file of length 0.
   */
  List<FileInfo> glob(String pattern) throws IOException;

  /**
   * Opens a file by ranges.
   *
   * @throws org.findthelady.core.CheckpointException with CHANGED_DURING_RUN if its length or time
   *     is no longer what {@code file} says
   */
  SeekableInput open(FileInfo file) throws IOException;

  /** A new file; folders above it are made. Fails if something is there already. */
  OutputStream create(String path) throws IOException;

  /**
   * Whether what lies at {@code path} is in an object store: a file appears there whole when its
   * stream is closed, and renaming copies it.
   */
  default boolean keepsObjects(String path) {
    return false;
  }

  /**
   * A file in place of what is there, if anything is, in a store that {@link #keepsObjects}: the
   * old one or the new one is seen, whole.
   */
  default OutputStream put(String path) throws IOException {
    throw new UnsupportedOperationException(path);
  }

  /** Bytes of the parts in which a large file is put in a store that {@link #keepsObjects}. */
  default long partBytes(String path) throws IOException {
    throw new UnsupportedOperationException(path);
  }

  /**
   * Puts a small file in place of what is there, if anything is: a reader sees the old file or the
   * new one, whole. Folders above it are made.
   */
  void replace(String path, byte[] content) throws IOException;

  /** Makes {@code from} appear at {@code to}, where nothing may be. Atomic on HDFS and local. */
  void rename(String from, String to) throws IOException;

  /**
   * Puts what is at {@code from} in place of what is at {@code to}, if anything is. If nothing is
   * at {@code from}, what is at {@code to} stays. Atomic for files on HDFS and local disks.
   *
   * @throws FileNotFoundException if nothing is at {@code from}
   */
  default void supersede(String from, String to) throws IOException {
    if (stat(from).isEmpty()) {
      throw new FileNotFoundException("Nothing is there: " + from);
    }
    delete(to);
    rename(from, to);
  }

  /** Removes a file or a folder with all that is in it; nothing happens if it is not there. */
  void delete(String path) throws IOException;
}
