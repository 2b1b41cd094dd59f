package org.findthelady.pair;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.findthelady.align.Alignment;
import org.findthelady.align.Side;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.ConfigClaims;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;

/** Which tensors of an opened pair answer to each other, and the structure that both have. */
public final class AlignedPair {
  private static final String NOT_ALL = "not all of it has a counterpart";

  private ConfigClaims claims;
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

  /**
   * The same pair with matrices that both sides pack alike seen on their own; empty if there are
   * none.
   */
  public Optional<Alignment> unpacked() throws IOException {
    try (TensorReader ours = reader(reference);
        TensorReader theirs = reader(suspect)) {
      return Alignment.unpacked(new Side(reference, null, ours), new Side(suspect, null, theirs));
    }
  }

  Checkpoint reference() {
    return reference;
  }

  Checkpoint suspect() {
    return suspect;
  }

  /** The reference's tensors as they are stored. */
  TensorReader referenceReader() {
    return reader(reference);
  }

  /** The suspect's tensors as they are stored. */
  TensorReader suspectReader() {
    return reader(suspect);
  }

  /** Tensor bytes of both. */
  long bytes() {
    return reference.tensorBytes() + suspect.tensorBytes();
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
    Optional<Structure> known =
        choice.equals(StructureChoice.AUTOMATIC)
            ? automatic(alignment)
            : Optional.of(opened.structures().structure());
    return known.map(structure -> structure.over(shapes(alignment), NOT_ALL));
  }

  private Optional<Structure> automatic(Alignment alignment) throws IOException {
    Optional<Structure> own = ofReference();
    boolean alike = reference.format().equals(suspect.format()) && alignment.isWhole();
    if (own.isPresent() && (alike || !alignment.keepsOwnLayout())) {
      return own;
    }
    Optional<Structure> other =
        ofSuspect()
            .map(alignment::transferred)
            .map(found -> found.followedBy(TrainingState.of(reference.tensors()).companions()));
    // The reference's own knows nothing of parts that are seen.
    return alignment.hasParts()
        ? freest(alignment, Stream.of(ofShown(alignment), other, own))
        : freest(alignment, Stream.of(own, ofShown(alignment), other));
  }

  /** The structure that leaves most neurons free of what both have; the first of equal ones. */
  private static Optional<Structure> freest(
      Alignment alignment, Stream<Optional<Structure>> structures) {
    Map<String, Shape> shapes = shapes(alignment);
    Structure best = null;
    for (Structure structure : structures.flatMap(Optional::stream).toList()) {
      Structure seen = structure.over(shapes, NOT_ALL);
      if (best == null || free(seen) > free(best)) {
        best = seen;
      }
    }
    return Optional.ofNullable(best);
  }

  private static Map<String, Shape> shapes(Alignment alignment) {
    Map<String, Shape> shapes = new HashMap<>();
    alignment.compared().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    return shapes;
  }

  /** A structure that fits what both have, as it is seen. */
  private Optional<Structure> ofShown(Alignment alignment) {
    if (alignment.isWhole() || alignment.compared().isEmpty()) {
      return Optional.empty();
    }
    Checkpoint seen =
        new Checkpoint(
            reference.location(),
            reference.format(),
            reference.files(),
            alignment.compared(),
            reference.metadata(),
            List.of(),
            reference.encoding());
    try {
      return Optional.of(Structures.of(store, seen, StructureChoice.AUTOMATIC).structure());
    } catch (UserException | IOException e) {
      return Optional.empty();
    }
  }

  /** The pair with its structure. */
  public PairContext context(Alignment alignment, Structure structure) {
    return new PairContext(store, structure, reference, suspect, alignment, Map.of());
  }

  /** What is said of the suspect that its weights, or what is said of the reference, contradict. */
  List<String> contradictions() throws IOException {
    Optional<ConfigClaims> said = claims();
    if (said.isEmpty()) {
      return List.of();
    }
    ConfigClaims claims = said.get();
    return Stream.of(claims.contradicted(), claims.differing(opened.claims()))
        .flatMap(List::stream)
        .toList();
  }

  /** The models that the suspect says it was made from. */
  List<String> declared() throws IOException {
    return claims().map(ConfigClaims::bases).orElse(List.of());
  }

  /** What is said of the suspect; to look beside a file would cost a request on object stores. */
  private Optional<ConfigClaims> claims() throws IOException {
    boolean described = suspect.location().folder() || suspect.format().equals("gguf");
    if (claims == null && described) {
      claims = ConfigClaims.of(store, suspect);
    }
    return Optional.ofNullable(claims);
  }

  /** Averages of the network in the suspect's file that the reference has not. */
  List<OtherNetwork> averagedCopies() {
    return OtherNetwork.copies(reference, suspect);
  }

  /** Networks in the suspect's file that may each be the reference; empty unless several. */
  List<OtherNetwork> networks() {
    return OtherNetwork.beside(reference, suspect);
  }

  /** Both sides laid out alike, if numbers of units are all in which they differ. */
  Optional<OtherWidths> otherWidths() throws IOException {
    Map<String, Shape> shapes = new HashMap<>();
    suspect.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    boolean resized =
        reference.tensors().stream()
            .anyMatch(t -> !t.shape().equals(shapes.getOrDefault(t.name(), t.shape())));
    Optional<Structure> structure = resized ? ofReference() : Optional.empty();
    return structure.isPresent()
        ? OtherWidths.of(store, structure.get(), reference, suspect)
        : Optional.empty();
  }

  /** The same reference with another view of the suspect's file. */
  AlignedPair with(Checkpoint other) {
    return new AlignedPair(store, opened, other, choice);
  }

  /** The same pair without the weights that cannot be decoded. */
  AlignedPair decoded() {
    return new AlignedPair(store, opened.with(reference.decoded()), suspect.decoded(), choice);
  }

  private static long free(Structure structure) {
    return structure.groups().stream().mapToLong(Group::units).sum();
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

  /** Why codes of the two cannot be compared; empty if all are decoded. */
  Optional<String> undecoded() {
    return PackingWords.undecoded(reference, suspect);
  }
}
