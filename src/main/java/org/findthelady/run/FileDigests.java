package org.findthelady.run;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;

/**
 * What files hold, in one word: the tag that an object store gives a file's content; else the
 * SHA-256, read once and known by path, length and time.
 */
public final class FileDigests {
  private final Map<String, String> byStamp = new TreeMap<>();

  /** None is known. */
  public FileDigests() {}

  FileDigests(Map<String, String> byStamp) {
    this.byStamp.putAll(byStamp);
  }

  /** Those that have to be read. */
  public List<FileInfo> unknown(Collection<FileInfo> files) {
    return files.stream().filter(file -> of(file).isEmpty()).toList();
  }

  /** Notes the digest of a file. */
  public void add(FileInfo file, String sha256) {
    byStamp.put(file.stamp(), sha256);
  }

  /** The SHA-256 of a file, if it was read before. */
  public Optional<String> sha256(FileInfo file) {
    return Optional.ofNullable(byStamp.get(file.stamp()));
  }

  Optional<String> of(FileInfo file) {
    return file.tag().isEmpty()
        ? Optional.ofNullable(byStamp.get(file.stamp()))
        : Optional.of("%s of %d bytes".formatted(file.tag(), file.length()));
  }

  /** Those of some files, to be kept. */
  Map<String, String> only(Collection<FileInfo> files) {
    Map<String, String> kept = new TreeMap<>();
    files.stream()
        .filter(file -> file.tag().isEmpty())
        .forEach(file -> of(file).ifPresent(sha -> kept.put(file.stamp(), sha)));
    return kept;
  }
}
