package org.findthelady.fleet;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.pair.PairRequest;

/**
 * One suspect and the references that it is held against.
 *
 * @param pairs one a reference; at least one, all of the same suspect
 * @param bytes of its files; 0 if there is nothing or it cannot be told
 */
public record Suspect(List<PairRequest> pairs, long bytes) implements Serializable {
  public Suspect {
    pairs = List.copyOf(pairs);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("a suspect needs a reference");
    }
  }

  public String id() {
    return pairs.get(0).id();
  }

  /** Bytes of a file, or of the files in a folder; 0 if there is nothing or it cannot be told. */
  public static long bytes(Store store, String path) {
    try {
      FileInfo location = store.stat(path).orElse(null);
      if (location == null || !location.folder()) {
        return location == null ? 0 : location.length();
      }
      return store.list(path).stream().mapToLong(FileInfo::length).sum();
    } catch (IOException e) {
      return 0; // the task that opens it says what is wrong
    }
  }
}
