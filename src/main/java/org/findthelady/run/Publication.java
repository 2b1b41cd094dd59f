package org.findthelady.run;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.InputGuard;

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
  private final String model;
  private final List<String> sideFiles;

  private Publication(
      Store store, String target, String folder, String model, List<String> sideFiles) {
    this.store = store;
    this.target = target;
    this.folder = folder;
    this.model = model;
    this.sideFiles = sideFiles;
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
    InputGuard.requireOutside(target, List.of(inputs));
    if (store.stat(location.path()).isPresent()) {
      throw new UserException(target + ": something is there already");
    }
    String folder = location.parent().resolve(".ftl-staging-" + UUID.randomUUID()).path();
    return new Publication(store, location.path(), folder, "", List.of());
  }

  /**
   * The same for a model that keeps its weights in files beside it: they are published beside the
   * target under their own names, which the model's file says, and the target last.
   *
   * @throws UserException if something is where one of them belongs
   */
  public Publication of(Checkpoint checkpoint) throws IOException {
    for (String file : checkpoint.sideFiles()) {
      if (store.stat(beside(file)).isPresent()) {
        throw new UserException(
            "%s: the model keeps weights in '%s', and something is at %s already; name an output in another folder"
                .formatted(target, file, beside(file)));
      }
    }
    return new Publication(
        store, target, folder, checkpoint.location().name(), checkpoint.sideFiles());
  }

  private String beside(String file) {
    return Location.of(target).parent().resolve(file).path();
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
    for (String file : sideFiles) {
      store.rename(from + "/" + file, beside(file));
    }
    store.rename(sideFiles.isEmpty() ? from : from + "/" + model, target);
    store.delete(folder);
  }

  /** Removes what was staged. */
  public void abandon() throws IOException {
    store.delete(folder);
  }
}
