package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Finds the format of a checkpoint among those on the class path and opens it. */
public final class Checkpoints {
  private static final int HEAD_BYTES = 64;

  /** What lies in the place of a file is not longer. */
  private static final long LARGEST_MESSAGE = 1L << 22;

  private static final List<CheckpointFormat> FORMATS =
      ServiceLoader.load(CheckpointFormat.class, Checkpoints.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .map(Checkpoints::layered)
          .toList();

  private Checkpoints() {}

  private static CheckpointFormat layered(CheckpointFormat format) {
    CheckpointFormat seen = format;
    for (FormatLayer layer :
        ServiceLoader.load(FormatLayer.class, Checkpoints.class.getClassLoader())) {
      seen = layer.over(seen);
    }
    return seen;
  }

  /** All formats, in the order in which they are asked. */
  public static List<CheckpointFormat> formats() {
    return FORMATS;
  }

  /**
   * The format of that name, as {@link Checkpoint#format()} gives it.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static CheckpointFormat format(String name) {
    return FORMATS.stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no checkpoint format " + name));
  }

  /**
   * Reads the headers of the checkpoint at {@code path}: a file of a known format, a folder laid
   * out for one, or a folder with exactly one checkpoint file in it.
   *
   * @throws CheckpointException whatever goes wrong: nothing there, not a checkpoint, damaged,
   *     unsafe, or the storage failed
   */
  public static Checkpoint open(Store store, String path) {
    try {
      FileInfo location =
          store
              .stat(path)
              .orElseThrow(
                  () -> new CheckpointException(Reason.MISSING, path + ": nothing is there"));
      return location.folder() ? openFolder(store, location) : openFile(store, location);
    } catch (CheckpointException e) {
      throw inPlace(store, path).orElse(e);
    } catch (FileNotFoundException e) {
      throw new CheckpointException(Reason.MISSING, path + ": " + e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(Reason.MALFORMED, path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(Reason.of(e), path + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // A library stumbled over the bytes; one bad file must not end a run over thousands.
      throw new CheckpointException(Reason.MALFORMED, path + ": " + e, e);
    }
  }

  /** Whether a file, or a folder as such, looks like a checkpoint of some format. */
  public static boolean isOne(Store store, FileInfo location) throws IOException {
    if (!location.folder()) {
      return location.length() > 0
          && (formatOf(store, location) != null || isPointer(store, location));
    }
    for (CheckpointFormat format : FORMATS) {
      if (format.recognises(store, location, new byte[0])) {
        return true;
      }
    }
    return false;
  }

  /** Whether a file stands for a checkpoint that Git LFS has not downloaded. */
  private static boolean isPointer(Store store, FileInfo file) throws IOException {
    return file.length() <= LARGEST_MESSAGE
        && OtherFormats.isPointer(head(store, file, OtherFormats.HEAD_BYTES));
  }

  private static Checkpoint openFile(Store store, FileInfo file) throws IOException {
    if (file.length() == 0) {
      throw new CheckpointException(Reason.TRUNCATED, file.path() + ": the file is empty");
    }
    String other = OtherFormats.of(file.name());
    if (other != null) {
      throw refusal(file, file.name(), other);
    }
    CheckpointFormat format = formatOf(store, file);
    if (format == null) {
      throw OtherFormats.archive(head(store, file, OtherFormats.HEAD_BYTES))
          .map(archive -> refusal(file, file.name(), archive))
          .orElseGet(
              () ->
                  new CheckpointException(
                      Reason.UNSUPPORTED,
                      file.path() + ": not a checkpoint of a known format, " + known()));
    }
    return format.read(store, file);
  }

  /**
   * What a download left in the place of a file that could not be read, or of one of a folder's
   * weights; empty if that is not why.
   */
  private static Optional<CheckpointException> inPlace(Store store, String path) {
    try {
      FileInfo location = store.stat(path).orElse(null);
      if (location == null) {
        return Optional.empty();
      }
      List<FileInfo> files =
          location.folder()
              ? store.list(path).stream()
                  .filter(file -> !file.folder() && FolderCopy.holdsWeights(file.name()))
                  .toList()
              : List.of(location);
      for (FileInfo file : files) {
        byte[] head = head(store, file, OtherFormats.HEAD_BYTES);
        Optional<String> found =
            file.length() > LARGEST_MESSAGE ? Optional.empty() : OtherFormats.inPlaceOf(head);
        found = found.isPresent() ? found : otherThanItsName(store, file, head);
        if (found.isPresent()) {
          return found.map(what -> refusal(location, file.name(), what));
        }
      }
    } catch (IOException | RuntimeException e) {
      // The first failure is the one to tell.
    }
    return Optional.empty();
  }

  /** What a file is that a format took for its own by the name alone; empty if nothing is known. */
  private static Optional<String> otherThanItsName(Store store, FileInfo file, byte[] head)
      throws IOException {
    CheckpointFormat named = formatOf(store, file, head);
    if (named == null || !named.recognises(store, file, new byte[HEAD_BYTES])) {
      return Optional.empty();
    }
    String folder = file.path().substring(0, file.path().lastIndexOf('/') + 1);
    FileInfo nameless =
        new FileInfo(folder + "x", file.length(), file.modifiedMillis(), false, file.tag());
    CheckpointFormat held = formatOf(store, nameless, head);
    if (held == null) {
      return OtherFormats.archive(head).or(() -> OtherFormats.text(head));
    }
    return Optional.of(held)
        .filter(format -> format != named)
        .map(
            format ->
                "of the format %s by its first bytes, not %s as its name says; rename it"
                    .formatted(format.name(), named.name()));
  }

  /** What lies in the place of a file by its first bytes, such as a pointer of Git LFS. */
  public static Optional<String> inPlaceOf(Store store, FileInfo file) throws IOException {
    return OtherFormats.inPlaceOf(head(store, file, OtherFormats.HEAD_BYTES));
  }

  private static byte[] head(Store store, FileInfo file, int length) throws IOException {
    byte[] head = new byte[(int) Math.min(length, file.length())];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, head, 0, head.length);
    }
    return head;
  }

  private static Checkpoint openFolder(Store store, FileInfo folder) throws IOException {
    for (CheckpointFormat format : FORMATS) {
      if (format.recognises(store, folder, new byte[0])) {
        return format.read(store, folder);
      }
    }
    List<FileInfo> found = new ArrayList<>();
    FileInfo other = null;
    List<FileInfo> all = store.list(folder.path());
    for (FileInfo file : all) {
      boolean known = file.folder() || OtherFormats.of(file.name()) == null;
      other = known ? other : file;
      if (known
          && !file.folder()
          && !file.name().startsWith(".")
          && file.length() > 0
          && formatOf(store, file) != null) {
        found.add(file);
      }
    }
    if (found.size() == 1) {
      return openFile(store, found.get(0));
    }
    if (found.isEmpty() && other != null) {
      throw refusal(folder, other.name(), OtherFormats.of(other.name()));
    }
    if (found.isEmpty()) {
      List<String> below = all.stream().filter(FileInfo::folder).map(FileInfo::name).toList();
      throw new CheckpointException(
          Reason.MISSING,
          "%s: no checkpoint of a known format in it, %s%s"
              .formatted(folder.path(), known(), OtherFormats.below(below)));
    }
    throw new CheckpointException(
        Reason.UNSUPPORTED,
        "%s: %d checkpoints in it, %s %s"
            .formatted(
                folder.path(),
                found.size(),
                OtherFormats.several(found.stream().map(FileInfo::name).toList()),
                found.stream().map(FileInfo::name).limit(20).collect(Collectors.joining(", "))));
  }

  /** Says what a file is that no format reads, rather than that it is damaged. */
  private static CheckpointException refusal(FileInfo location, String name, String what) {
    return new CheckpointException(
        Reason.UNSUPPORTED, "%s: '%s' is %s".formatted(location.path(), name, what));
  }

  private static CheckpointFormat formatOf(Store store, FileInfo file) throws IOException {
    return formatOf(store, file, head(store, file, HEAD_BYTES));
  }

  private static CheckpointFormat formatOf(Store store, FileInfo file, byte[] head)
      throws IOException {
    for (CheckpointFormat format : FORMATS) {
      if (format.recognises(store, file, head)) {
        return format;
      }
    }
    return null;
  }

  private static String known() {
    return "which are "
        + FORMATS.stream().map(CheckpointFormat::name).collect(Collectors.joining(", "));
  }
}
