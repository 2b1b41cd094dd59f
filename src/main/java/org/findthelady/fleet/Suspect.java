package org.findthelady.fleet;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.pair.PairRequest;

/**
 * One suspect and the references that it is held against.
 *
 * @param pairs one a reference; at least one, all of the same suspect
 * @param references ids of the pairs' references
 * @param planned its files as they were when the work was planned; empty if there are none or it
 *     cannot be told
 * @param bytes of its files; 0 if there are none or it cannot be told
 * @param declared parents that a registry says it has
 */
public record Suspect(
    List<PairRequest> pairs,
    List<String> references,
    List<FileInfo> planned,
    long bytes,
    List<String> declared)
    implements Serializable {
  public Suspect {
    declared = List.copyOf(declared);
    pairs = List.copyOf(pairs);
    references = List.copyOf(references);
    planned = List.copyOf(planned);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("a suspect needs a reference");
    }
  }

  /** A suspect whose files were listed. */
  public Suspect(List<PairRequest> pairs, List<String> references, List<FileInfo> planned) {
    this(pairs, references, planned, planned.stream().mapToLong(FileInfo::length).sum(), List.of());
  }

  /** This suspect with the parents that a registry says it has. */
  public Suspect declaring(List<String> parents) {
    return new Suspect(pairs, references, planned, bytes, parents);
  }

  /** One suspect and one reference, its files as they are now. */
  public static Suspect of(PairRequest pair) {
    return new Suspect(List.of(pair), List.of(Location.of(pair.reference()).name()), now(pair));
  }

  /** The suspect's files as they are now; empty if that cannot be told. */
  static List<FileInfo> now(PairRequest pair) {
    try {
      return files(pair.store(), pair.suspect());
    } catch (IOException e) {
      return List.of(); // the task that opens it says what is wrong
    }
  }

  /** A file, or the files and folders in a folder; empty if there is nothing. */
  public static List<FileInfo> files(Store store, String path) throws IOException {
    FileInfo location = store.stat(path).orElse(null);
    if (location == null) {
      return List.of();
    }
    return location.folder() ? store.list(path) : List.of(location);
  }

  public String id() {
    return pairs.get(0).id();
  }

  /** What is not as it was planned, in words; empty if all is, as far as {@code now} tells. */
  Optional<String> change(List<FileInfo> now) {
    Map<String, FileInfo> before = new HashMap<>();
    planned.forEach(file -> before.put(file.path(), file));
    return now.stream()
        .filter(file -> !file.folder() && before.containsKey(file.path()))
        .filter(file -> !before.get(file.path()).equals(file))
        .map(
            file ->
                "%s was %d bytes of time %d when planned, is now %d bytes of time %d"
                    .formatted(
                        file.path(),
                        before.get(file.path()).length(),
                        before.get(file.path()).modifiedMillis(),
                        file.length(),
                        file.modifiedMillis()))
        .findFirst();
  }
}
