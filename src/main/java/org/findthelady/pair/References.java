package org.findthelady.pair;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Location;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.HeldStore;

/**
 * References that were opened in this process, small ones with their bytes, so that a fleet does
 * not open one again for every suspect. Bounded in bytes; the least recently used go first. A
 * reference whose files changed since is opened anew. Thread-safe.
 */
public final class References {
  /** What one executor keeps unless {@value #SETTING} says otherwise. */
  public static final long DEFAULT_BYTES = 128L << 20;

  private static final String SETTING = "spark.ftl.reference-cache";

  private static final References SHARED = new References();

  /** What headers and structure of a network weigh at most, more or less. */
  private static final long ENTRY_BYTES = 1L << 20;

  private record Key(HadoopStore store, String path, StructureChoice choice) {}

  /** A reference that is not local is looked at again after as long, not for every suspect. */
  private static final long LOOK_NANOS = 60_000_000_000L;

  private record Held(
      List<FileInfo> state, OpenedReference reference, long bytes, long lookedNanos) {
    boolean isFresh(String path) {
      return !Location.isLocal(path) && System.nanoTime() - lookedNanos < LOOK_NANOS;
    }

    Held looked() {
      return new Held(state, reference, bytes, System.nanoTime());
    }
  }

  private final Map<Key, Held> held = new LinkedHashMap<>(16, 0.75f, true);

  /** Bytes that every executor may keep, as the user set them. */
  public static long limit(Cluster cluster) {
    return cluster.bytes(SETTING, DEFAULT_BYTES);
  }

  /** The one of this process. */
  public static References shared() {
    return SHARED;
  }

  /**
   * A reference, opened or opened already.
   *
   * @param limitBytes held for all references together; one that is larger is opened but its bytes
   *     are not held
   * @throws CheckpointException if it cannot be read
   */
  public OpenedReference open(
      HadoopStore store, String path, StructureChoice choice, long limitBytes) {
    Key key = new Key(store, path, choice);
    synchronized (held) {
      Held found = held.get(key);
      if (found != null && found.isFresh(path)) {
        return found.reference();
      }
    }
    List<FileInfo> state = state(key);
    synchronized (held) {
      Held found = held.get(key);
      if (found != null && found.state().equals(state)) {
        held.put(key, found.looked());
      } else {
        long bytes = state.stream().mapToLong(FileInfo::length).sum();
        boolean fits = bytes <= limitBytes;
        OpenedReference opened =
            OpenedReference.open(fits ? new HeldStore(store, bytes) : store, path, choice);
        found = new Held(state, opened, ENTRY_BYTES + (fits ? bytes : 0), System.nanoTime());
        held.put(key, found);
        shrink(limitBytes);
      }
      return found.reference();
    }
  }

  /**
   * Bytes of a reference's files, as a listing tells them.
   *
   * @throws CheckpointException if it cannot be listed
   */
  static long bytes(HadoopStore store, String path, StructureChoice choice) {
    return state(new Key(store, path, choice)).stream().mapToLong(FileInfo::length).sum();
  }

  private static List<FileInfo> state(Key key) {
    try {
      return OpenedReference.state(key.store(), key.path(), key.choice());
    } catch (IOException e) {
      throw new CheckpointException(
          CheckpointException.Reason.IO, "reference " + key.path() + ": " + e.getMessage(), e);
    }
  }

  private void shrink(long limitBytes) {
    long bytes = held.values().stream().mapToLong(Held::bytes).sum();
    Iterator<Held> oldest = held.values().iterator();
    while (bytes > limitBytes && held.size() > 1) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }
}
