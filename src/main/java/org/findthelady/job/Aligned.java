package org.findthelady.job;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.align.Alignment;
import org.findthelady.align.Side;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.UserException;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** Which tensors of an opened pair answer to each other, and the structure that both have. */
final class Aligned {
  private final Store store;
  private final Checkpoint reference;
  private final Checkpoint suspect;
  private final StructureChoice choice;

  Aligned(Store store, Checkpoint reference, Checkpoint suspect, StructureChoice choice) {
    this.store = store;
    this.reference = reference;
    this.suspect = suspect;
    this.choice = choice;
  }

  /** By name where that is enough; else the tensors are looked at. */
  Alignment alignment() throws IOException {
    Alignment byName = Alignment.byName(reference, suspect);
    if (byName.holds()) {
      return byName;
    }
    try (TensorReader ours = reader(reference);
        TensorReader theirs = reader(suspect)) {
      return Alignment.across(
          new Side(reference, known(reference, choice).orElse(null), ours),
          new Side(suspect, known(suspect, StructureChoice.AUTOMATIC).orElse(null), theirs),
          byName);
    }
  }

  private TensorReader reader(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
  }

  /**
   * The reference's structure; across formats the suspect's over the reference's names, if that
   * leaves more neurons free or the reference has none.
   *
   * @throws UserException if neither has one, saying what did not fit the reference
   */
  Structure structure(Alignment alignment) throws IOException {
    if (!choice.equals(StructureChoice.AUTOMATIC) || reference.format().equals(suspect.format())) {
      return Structures.of(store, reference, choice).structure();
    }
    Optional<Structure> own = known(reference, choice);
    Optional<Structure> other = known(suspect, choice).map(alignment::transferred);
    if (other.isPresent() && (own.isEmpty() || free(other.get()) > free(own.get()))) {
      return other.get();
    }
    return own.isPresent() ? own.get() : Structures.of(store, reference, choice).structure();
  }

  private static long free(Structure structure) {
    return structure.groups().stream().mapToLong(Group::leaves).sum();
  }

  private Optional<Structure> known(Checkpoint checkpoint, StructureChoice how) throws IOException {
    try {
      return Optional.of(Structures.of(store, checkpoint, how).structure());
    } catch (UserException e) {
      return Optional.empty();
    }
  }
}
