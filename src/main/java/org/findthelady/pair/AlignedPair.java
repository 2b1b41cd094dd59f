package org.findthelady.pair;

import java.io.IOException;
import java.util.Map;
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
import org.findthelady.structure.TrainingState;

/** Which tensors of an opened pair answer to each other, and the structure that both have. */
public final class AlignedPair {
  private final Store store;
  private final OpenedReference opened;
  private final Checkpoint reference;
  private final Checkpoint suspect;
  private final StructureChoice choice;
  private Optional<Structure> ofSuspect;

  /**
   * @param store where the tensors of both are read
   */
  public AlignedPair(
      Store store, OpenedReference opened, Checkpoint suspect, StructureChoice choice) {
    this.store = store;
    this.opened = opened;
    this.reference = opened.checkpoint();
    this.suspect = suspect;
    this.choice = choice;
  }

  /** By name where that is enough; else the tensors are looked at. */
  public Alignment alignment() throws IOException {
    Alignment byName = Alignment.byName(reference, suspect);
    if (byName.holds()) {
      return byName;
    }
    try (TensorReader ours = reader(reference);
        TensorReader theirs = reader(suspect)) {
      return Alignment.across(
          new Side(reference, ofReference().orElse(null), ours),
          new Side(suspect, ofSuspect().orElse(null), theirs),
          byName);
    }
  }

  private TensorReader reader(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
  }

  /**
   * The reference's structure; across formats the suspect's over the reference's names, if the
   * reference has none, or names differ and it leaves more neurons free.
   *
   * @throws UserException if neither has one, saying what did not fit the reference
   */
  public Structure structure(Alignment alignment) throws IOException {
    if (!choice.equals(StructureChoice.AUTOMATIC) || reference.format().equals(suspect.format())) {
      return opened.structures().structure();
    }
    Optional<Structure> own = ofReference();
    if (own.isPresent() && !alignment.keepsOwnLayout()) {
      return own.get();
    }
    Optional<Structure> other =
        ofSuspect()
            .map(alignment::transferred)
            .map(found -> found.followedBy(TrainingState.of(reference.tensors()).companions()));
    if (other.isPresent() && (own.isEmpty() || free(other.get()) > free(own.get()))) {
      return other.get();
    }
    return own.isPresent() ? own.get() : opened.structures().structure();
  }

  /** The pair with its structure. */
  public PairContext context(Alignment alignment, Structure structure) {
    return new PairContext(store, structure, reference, suspect, alignment, Map.of());
  }

  private static long free(Structure structure) {
    return structure.groups().stream().mapToLong(Group::leaves).sum();
  }

  private Optional<Structure> ofReference() throws IOException {
    try {
      return Optional.of(opened.structures().structure());
    } catch (UserException e) {
      return Optional.empty();
    }
  }

  /** The suspect's own structure, if one is found; looked for once. */
  Optional<Structure> ofSuspect() throws IOException {
    if (ofSuspect == null) {
      try {
        ofSuspect =
            Optional.of(Structures.of(store, suspect, StructureChoice.AUTOMATIC).structure());
      } catch (UserException e) {
        ofSuspect = Optional.empty();
      }
    }
    return ofSuspect;
  }
}
