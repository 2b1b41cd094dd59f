package org.findthelady.align;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState.Companion;

/**
 * Which tensor of a suspect answers to which tensor of the reference, and how each is seen.
 *
 * @param counterparts in the reference's order
 * @param differences why the two cannot be compared; empty if they can
 * @param notes differences that do not matter, and what was left over
 * @param followers tensors of the suspect alone that move as one of its parameters does
 * @param overlap how much of the two answers to each other
 */
public record Alignment(
    List<Counterpart> counterparts,
    List<String> differences,
    List<String> notes,
    Map<TensorInfo, Companion> followers,
    Overlap overlap)
    implements Serializable {
  private static final int NAMED_DIFFERENCES = 5;

  /** Parts of fused tensors that are looked at to see whether they are what names say. */
  private static final int LOOKED_AT = 9;

  public Alignment {
    counterparts = List.copyOf(counterparts);
    differences = List.copyOf(differences);
    notes = List.copyOf(notes);
    followers = Map.copyOf(followers);
  }

  Alignment(List<Counterpart> counterparts, List<String> differences, List<String> notes) {
    this(counterparts, differences, notes, Map.of(), Overlap.whole());
  }

  /** Aligns two checkpoints by the names, shapes and types of their tensors. */
  public static Alignment byName(Checkpoint reference, Checkpoint suspect) {
    TrainingStateRule companions = new TrainingStateRule(reference, suspect);
    return companions.added(
        new NameRule(
                new Stored(companions.referenceWeights()), new Stored(companions.suspectWeights()))
            .align());
  }

  /**
   * Aligns two checkpoints that names alone do not align: by declared names, then, across formats,
   * by what no permutation changes, at last as much of the two as answers to each other.
   *
   * @return one that does not hold if no weights answer to each other
   */
  public static Alignment across(Side reference, Side suspect) throws IOException {
    TrainingStateRule companions =
        new TrainingStateRule(reference.checkpoint(), suspect.checkpoint());
    Alignment found =
        weights(
            new Side(companions.referenceWeights(), reference.structure(), reference.reader()),
            new Side(companions.suspectWeights(), suspect.structure(), suspect.reader()));
    return companions.added(found);
  }

  /** The weights alone. */
  private static Alignment weights(Side reference, Side suspect) throws IOException {
    Alignment declared = new DeclaredRule(new AlignmentBuilder(reference, suspect)).align();
    if (declared.holds()) {
      return asWeightsTell(declared, reference, suspect);
    }
    if (reference.checkpoint().format().equals(suspect.checkpoint().format())) {
      return partly(reference, suspect);
    }
    SignatureRule.Attempt best = null;
    for (double epsilon : BatchNorms.EPSILONS) {
      SignatureRule rule = new SignatureRule(new AlignmentBuilder(reference, suspect), epsilon);
      SignatureRule.Attempt attempt = rule.align();
      if (attempt.alignment().holds() && (best == null || attempt.cost() < best.cost())) {
        best = attempt;
      }
      if (!rule.folds()) {
        break;
      }
    }
    return best == null ? partly(reference, suspect) : best.alignment();
  }

  /**
   * Aligns two checkpoints that pack matrices alike, each matrix on its own: the names that parts
   * have elsewhere may be known to an architecture file. Empty if neither packs any.
   */
  public static Optional<Alignment> unpacked(Side reference, Side suspect) throws IOException {
    AlignmentBuilder draft = new AlignmentBuilder(reference, suspect, true);
    if (draft.reference().tensors().equals(reference.checkpoint().tensors())) {
      return Optional.empty();
    }
    Alignment found = new OverlapRule(draft).align();
    return Optional.of(found).filter(Alignment::holds);
  }

  /**
   * An alignment in parts as names declare them, or as weights tell where the declared ones do not
   * fit: a fused tensor may hold its parts in another order.
   */
  private static Alignment asWeightsTell(Alignment declared, Side reference, Side suspect)
      throws IOException {
    double distance = declared.distanceOfParts(reference, suspect);
    if (distance < FusedParts.NEAR) {
      return declared;
    }
    Alignment told = new OverlapRule(AlignmentBuilder.undeclared(reference, suspect)).align();
    boolean nearer =
        told.holds()
            && told.hasParts()
            && told.distanceOfParts(reference, suspect) < DeclaredRule.CLEARLY * distance;
    return nearer ? told : declared;
  }

  /** How far some parts are from being permutations of what they answer to; 0 if there are none. */
  private double distanceOfParts(Side reference, Side suspect) throws IOException {
    double sum = 0;
    int looked = 0;
    for (Counterpart pair : counterparts) {
      if (looked < LOOKED_AT && (pair.reference().isPart() || pair.suspect().isPart())) {
        Profile ours = Profile.of(reference.reader(), pair.reference());
        sum += ours.distance(Profile.of(suspect.reader(), pair.suspect()));
        looked++;
      }
    }
    return looked == 0 ? 0 : sum / looked;
  }

  /** Whether some tensors are parts of stored ones. */
  public boolean hasParts() {
    return counterparts.stream().anyMatch(c -> c.reference().isPart() || c.suspect().isPart());
  }

  private static Alignment partly(Side reference, Side suspect) throws IOException {
    Alignment found = new OverlapRule(new AlignmentBuilder(reference, suspect)).align();
    return asWeightsTell(found, reference, suspect);
  }

  /**
   * The suspect's structure over the reference's names. A group of which some tensor has no
   * counterpart, or lies in a stack, is held still.
   */
  public Structure transferred(Structure ofSuspect) {
    return new Transfer(counterparts, ofSuspect).structure();
  }

  /**
   * An assignment of the suspect's own groups as one of the groups that the pair is judged by.
   *
   * @param judged over the reference's names
   * @param own over the suspect's
   */
  public GroupPermutations regrouped(
      GroupPermutations assignment, Structure judged, Structure own) {
    return new Regrouping(this, judged, own).of(assignment, judged, own);
  }

  /**
   * Whether a suspect that is written keeps the order of rotary rows that its own names stand for,
   * whatever the reference's is.
   */
  public boolean keepsOwnLayout() {
    return counterparts.stream().anyMatch(c -> c.rule() != PairingRule.NAME);
  }

  /** Whether all of both is compared as it is stored: nothing is left over or seen in part. */
  public boolean isWhole() {
    return overlap.isWhole()
        && counterparts.stream()
            .allMatch(c -> c.reference().excerpt() == null && c.suspect().excerpt() == null);
  }

  /**
   * This alignment where some tensors answer to those of others.
   *
   * @param elsewhere names of the reference, each with the one whose counterpart is its own
   */
  public Alignment exchanged(Map<String, String> elsewhere) {
    Map<String, Counterpart> byName = byReference();
    return with(
        counterparts.stream()
            .map(
                pair -> {
                  String there = elsewhere.getOrDefault(pair.name(), pair.name());
                  Counterpart other = byName.get(there);
                  return there.equals(pair.name())
                      ? pair
                      : new Counterpart(
                          pair.reference(), other.suspect(), other.attached(), PairingRule.WEIGHTS);
                })
            .toList());
  }

  /** Whether tensors answer to those of others. */
  public boolean isExchanged() {
    return counterparts.stream().anyMatch(c -> c.rule() == PairingRule.WEIGHTS);
  }

  /** Whether those that do have the same names on both sides, so that each can be written back. */
  private boolean exchangesNames() {
    Set<String> ours = new HashSet<>();
    Set<String> theirs = new HashSet<>();
    for (Counterpart pair : counterparts) {
      if (pair.rule() == PairingRule.WEIGHTS) {
        ours.add(pair.reference().source().name());
        theirs.add(pair.suspect().source().name());
      }
    }
    return ours.equals(theirs) && (ours.isEmpty() || followers.isEmpty());
  }

  /** For a verdict's reason; empty if none do. */
  public String exchanges() {
    List<Counterpart> moved =
        counterparts.stream().filter(c -> c.rule() == PairingRule.WEIGHTS).toList();
    return moved.isEmpty()
        ? ""
        : "; %d tensors stand under each other's names, for example '%s' under '%s'"
            .formatted(moved.size(), moved.get(0).name(), moved.get(0).suspect().shown().name());
  }

  /**
   * This alignment with tensors seen slice by slice along their first axis.
   *
   * @param names of tensors; those that are not stored alike, or have not three axes, stay whole
   */
  public Alignment apart(Set<String> names) {
    return with(
        counterparts.stream()
            .flatMap(pair -> names.contains(pair.name()) ? pair.slices() : Stream.of(pair))
            .toList());
  }

  /** This alignment with kernels seen as a list of positions for each output and input. */
  public Alignment flattened(Set<String> names) {
    return with(
        counterparts.stream()
            .map(pair -> names.contains(pair.name()) ? pair.flattened() : pair)
            .toList());
  }

  private Alignment with(List<Counterpart> others) {
    return new Alignment(others, differences, notes, followers, overlap);
  }

  /** Whether the two can be compared. */
  public boolean holds() {
    return differences.isEmpty();
  }

  /** The reference's tensors that have a counterpart, as they are seen, in its order. */
  public List<TensorInfo> compared() {
    return counterparts.stream().map(c -> c.reference().shown()).toList();
  }

  /** The suspect's tensors, as they are seen, by the reference's names. */
  public Map<String, TensorInfo> suspectTensors() {
    Map<String, TensorInfo> shown = new HashMap<>();
    counterparts.forEach(c -> shown.put(c.name(), c.suspect().shown()));
    return shown;
  }

  /** The stored tensor of the suspect that is seen as {@code shown}. */
  public TensorInfo storedSuspect(TensorInfo shown) {
    return counterparts.stream()
        .map(Counterpart::suspect)
        .filter(view -> view.shown().equals(shown))
        .findFirst()
        .orElseThrow()
        .source();
  }

  /** How the reference is seen. */
  public Collection<View> referenceViews() {
    return counterparts.stream().map(Counterpart::reference).toList();
  }

  /** How the suspect is seen. */
  public Collection<View> suspectViews() {
    return counterparts.stream().map(Counterpart::suspect).toList();
  }

  /** All pairs by the reference's names. */
  public Map<String, Counterpart> byReference() {
    return counterparts.stream().collect(Collectors.toMap(Counterpart::name, Function.identity()));
  }

  /**
   * How the suspect's stored tensors are gathered, by their own names, when the tensors that are
   * seen move.
   *
   * @param moves of seen tensors, by the reference's names
   * @throws UserException if a tensor would take from another one whose scales cannot follow
   */
  public Map<String, Move> storedMoves(Map<String, Move> moves) {
    Map<TensorInfo, View> bySource = new HashMap<>();
    counterparts.forEach(c -> bySource.put(c.suspect().shown(), c.suspect()));
    Map<String, Move> stored = new HashMap<>();
    for (Counterpart pair : counterparts) {
      Move move = moves.get(pair.name());
      View from = bySource.get(move.source());
      stored.put(pair.written(), new Move(from.source(), from.sourceGathers(move.gathers())));
      if (!pair.attached().isEmpty() && !move.source().equals(pair.suspect().shown())) {
        throw new UserException(
            "tensor '%s' would take its elements from '%s', whose scales do not follow"
                .formatted(pair.suspect().source().name(), from.source().name()));
      }
      pair.attached()
          .forEach(
              (tensor, axis) -> {
                int[] gather = move.gathers()[axis];
                Move attached = stored.put(tensor.name(), new Move(tensor, new int[][] {gather}));
                if (attached != null && !Arrays.equals(attached.gathers()[0], gather)) {
                  throw new UserException(
                      "tensor '%s' belongs to several that move apart".formatted(tensor.name()));
                }
              });
    }
    followers.forEach(
        (tensor, companion) ->
            stored.put(
                tensor.name(), follow(tensor, companion, stored.get(companion.parameter()))));
    return stored;
  }

  private Move follow(TensorInfo tensor, Companion companion, Move parameter) {
    String from = parameter.source().name();
    if (from.equals(companion.parameter())) {
      return new Move(tensor, parameter.gathers());
    }
    return new Move(companion.answering(followers, tensor.name(), from), parameter.gathers());
  }

  /** The first few differences and how many there are. */
  public String summary() {
    String named =
        String.join("; ", differences.subList(0, Math.min(NAMED_DIFFERENCES, differences.size())));
    int more = differences.size() - NAMED_DIFFERENCES;
    return more > 0 ? named + "; and " + more + " more" : named;
  }

  /** What a verdict should say of how the two are stored; empty if they are stored alike. */
  public String conversions() {
    return new Conversions(counterparts).words();
  }

  /**
   * Why the suspect cannot be written in the reference's order; empty if it can. A tensor that
   * answers to none cannot follow what moves.
   */
  public Optional<String> whyNotWritten() {
    Optional<View> block =
        counterparts.stream()
            .map(Counterpart::suspect)
            .filter(view -> view.excerpt() instanceof BlockExcerpt || view.isPart())
            .findFirst();
    if (block.isPresent()) {
      return Optional.of(
          block.get().isPart()
              ? "its tensors pack several matrices that move apart"
              : "the groups of its convolutions move apart");
    }
    if (!exchangesNames()) {
      return Optional.of("tensors stand under names that the reference has not");
    }
    List<TensorInfo> alone = overlap.theirs().stream().filter(t -> t.shape().rank() > 0).toList();
    return alone.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "'%s' has no counterpart, so that nothing says how it would have to move"
                .formatted(alone.get(0).name()));
  }
}
