package org.findthelady.run;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.Locations;

/**
 * A model on its way to where it becomes visible: written to a stage beside the target, read back
 * and compared, then renamed as a whole. Nothing is at the target before, and nothing half-written
 * ever.
 */
public final class Publication {
  private final Store store;
  private final String target;
  private final String folder;
  private final String stage;

  private Publication(Store store, String target, String folder) {
    this.store = store;
    this.target = target;
    this.folder = folder;
    this.stage = folder + "/" + target.substring(target.lastIndexOf('/') + 1);
  }

  /**
   * Prepares to publish at {@code target}.
   *
   * @param inputs paths that must not be touched
   * @throws UserException if something is there, or if it is an input or inside one
   */
  public static Publication to(Store store, String target, String... inputs) throws IOException {
    String clean = Locations.absolute(target).replaceAll("(?<=.)/+$", "");
    for (String given : inputs) {
      String input = Locations.absolute(given);
      if (clean.equals(input) || clean.startsWith(input + "/")) {
        throw new UserException(target + ": is the input " + input + " or inside it");
      }
    }
    if (store.stat(clean).isPresent()) {
      throw new UserException(target + ": something is there already");
    }
    String folder = Locations.parent(clean) + "/.ftl-staging-" + UUID.randomUUID();
    return new Publication(store, clean, folder);
  }

  /** Where to write. */
  public String stage() {
    return stage;
  }

  /** As {@link #publish(String, Map)}, from the stage. */
  public void publish(Map<String, String> written) throws IOException {
    publish(stage, written);
  }

  /**
   * Reads everything back and makes it visible.
   *
   * @param from where it was written: the stage, or a place beside it
   * @param written SHA-256 by path at or below {@code from}
   * @throws CheckpointException with IO if what is read back is not what was written
   */
  public void publish(String from, Map<String, String> written) throws IOException {
    DigestingStore.verify(store, written);
    store.rename(from, target);
    store.delete(folder);
  }

  /** Removes what was staged. */
  public void abandon() throws IOException {
    store.delete(folder);
  }
}
