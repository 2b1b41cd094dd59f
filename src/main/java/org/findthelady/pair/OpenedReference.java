package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.ConfigClaims;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;

/** A reference whose headers were read: the same for every suspect that is held against it. */
public final class OpenedReference {
  private final Store store;
  private final Checkpoint checkpoint;
  private final StructureChoice choice;
  private Structures structures;
  private ConfigClaims claims;

  private OpenedReference(Store store, Checkpoint checkpoint, StructureChoice choice) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.choice = choice;
  }

  /**
   * Reads the headers.
   *
   * @throws CheckpointException if that fails, the message saying that it is the reference
   */
  public static OpenedReference open(Store store, String path, StructureChoice choice) {
    try {
      return new OpenedReference(store, Checkpoints.open(store, path), choice);
    } catch (CheckpointException e) {
      throw new CheckpointException(e.reason(), "reference " + e.getMessage(), e);
    }
  }

  /** A checkpoint whose headers were read, as a reference. */
  static OpenedReference of(Store store, Checkpoint checkpoint, StructureChoice choice) {
    return new OpenedReference(store, checkpoint, choice);
  }

  /** The same reference seen in part; its groups are those of what is seen. */
  OpenedReference with(Checkpoint part) {
    return part.equals(checkpoint) ? this : of(store, part, choice);
  }

  /** Where its files are read. */
  Store store() {
    return store;
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Its permutation groups, found when first asked for. */
  synchronized Structures structures() throws IOException {
    if (structures == null) {
      structures = Structures.of(store, checkpoint, choice);
    }
    return structures;
  }

  /**
   * Makes sure that the structure that the caller named, if one was, is this one's.
   *
   * @throws UserException if it does not fit, saying what does not
   */
  void requireStructure() throws IOException {
    if (!choice.equals(StructureChoice.AUTOMATIC)) {
      structures();
    }
  }

  /** What is said of it, read when first asked for. */
  synchronized ConfigClaims claims() throws IOException {
    if (claims == null) {
      claims = ConfigClaims.of(store, checkpoint);
    }
    return claims;
  }

  /** All that it was read from, as it is now; equal lists mean that it need not be read again. */
  static List<FileInfo> state(Store store, String path, StructureChoice choice) throws IOException {
    List<FileInfo> state = new ArrayList<>();
    add(store, path, state);
    FileInfo location = state.isEmpty() ? null : state.get(0);
    if (location != null && !location.folder()) {
      store.stat(Structures.configBeside(location)).ifPresent(state::add);
    }
    for (String file : choice.files()) {
      add(store, file, state);
    }
    return state;
  }

  private static void add(Store store, String path, List<FileInfo> state) throws IOException {
    FileInfo location = store.stat(path).orElse(null);
    if (location != null) {
      state.add(location);
      if (location.folder()) {
        state.addAll(store.list(path));
      }
    }
  }
}
