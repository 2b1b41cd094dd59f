package org.findthelady.run;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.storage.DigestingStore;

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
    Location location = Location.of(target);
    for (String given : inputs) {
      Location input = Location.of(given);
      if (location.isInside(input)) {
        throw new UserException(target + ": is the input " + input + " or inside it");
      }
    }
    if (store.stat(location.path()).isPresent()) {
      throw new UserException(target + ": something is there already");
    }
    String folder = location.parent().resolve(".ftl-staging-" + UUID.randomUUID()).path();
    return new Publication(store, location.path(), folder);
  }

  /** Where to write. */
  public String stage() {
    return stage;
  }

  /**
   * Reads back what was written on the stage and makes it visible.
   *
   * @param written SHA-256 by path at or below the stage
   * @throws org.findthelady.core.OutputException if what is read back is not what was written
   */
  public void publish(Map<String, String> written) throws IOException {
    DigestingStore.verify(store, written);
    publish(stage);
  }

  /**
   * Makes visible what was read back before.
   *
   * @param from where it was written: the stage, or a place beside it
   */
  public void publish(String from) throws IOException {
    store.rename(from, target);
    store.delete(folder);
  }

  /** Removes what was staged. */
  public void abandon() throws IOException {
    store.delete(folder);
  }
}
