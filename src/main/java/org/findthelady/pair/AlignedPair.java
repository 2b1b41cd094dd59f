package org.findthelady.pair;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.align.Alignment;
import org.findthelady.align.Side;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
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
          new Side(suspect, ofSuspect().orElse(null), theirs));
    }
  }

  private TensorReader reader(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
  }

  /**
   * The structure of what both have, over the reference's names; empty if none is known. The
   * reference's own, or the suspect's if the reference has none, or names differ and the suspect's
   * leaves more neurons free.
   *
   * @throws UserException if the caller named one that does not fit the reference
   */
  public Optional<Structure> structure(Alignment alignment) throws IOException {
    Map<String, Shape> shapes = new HashMap<>();
    alignment.compared().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    Optional<Structure> known =
        choice.equals(StructureChoice.AUTOMATIC)
            ? automatic(alignment)
            : Optional.of(opened.structures().structure());
    return known.map(structure -> structure.over(shapes, "not all of it has a counterpart"));
  }

  private Optional<Structure> automatic(Alignment alignment) throws IOException {
    Optional<Structure> own = ofReference().or(() -> ofPaired(alignment));
    boolean alike = reference.format().equals(suspect.format());
    if (own.isPresent() && (alike || !alignment.keepsOwnLayout())) {
      return own;
    }
    Optional<Structure> other =
        ofSuspect()
            .map(alignment::transferred)
            .map(found -> found.followedBy(TrainingState.of(reference.tensors()).companions()));
    boolean freer =
        other.isPresent() && (own.isEmpty() || free(other.get()) > free(own.get()));
    return freer ? other : own;
  }

  /** A structure that fits those tensors of the reference that the suspect has too. */
  private Optional<Structure> ofPaired(Alignment alignment) {
    List<TensorInfo> paired =
        alignment.counterparts().stream().map(c -> c.reference().source()).distinct().toList();
    if (alignment.overlap().isWhole() || paired.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Structures.of(store, reference.of(paired), StructureChoice.AUTOMATIC).structure());
    } catch (UserException | IOException e) {
      return Optional.empty();
    }
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
