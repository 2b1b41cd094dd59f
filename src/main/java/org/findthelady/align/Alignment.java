package org.findthelady.align;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
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
 */
public record Alignment(
    List<Counterpart> counterparts,
    List<String> differences,
    List<String> notes,
    Map<TensorInfo, Companion> followers)
    implements Serializable {
  private static final int NAMED_DIFFERENCES = 5;

  public Alignment {
    counterparts = List.copyOf(counterparts);
    differences = List.copyOf(differences);
    notes = List.copyOf(notes);
    followers = Map.copyOf(followers);
  }

  Alignment(List<Counterpart> counterparts, List<String> differences, List<String> notes) {
    this(counterparts, differences, notes, Map.of());
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
   * by what no permutation changes.
   *
   * @param byName what names alone gave
   * @return {@code byName} if nothing holds
   */
  public static Alignment across(Side reference, Side suspect, Alignment byName)
      throws IOException {
    TrainingStateRule companions =
        new TrainingStateRule(reference.checkpoint(), suspect.checkpoint());
    Alignment found =
        weights(
            new Side(companions.referenceWeights(), reference.structure(), reference.reader()),
            new Side(companions.suspectWeights(), suspect.structure(), suspect.reader()));
    return found == null ? byName : companions.added(found);
  }

  /** The weights alone; null if nothing holds. */
  private static Alignment weights(Side reference, Side suspect) throws IOException {
    Alignment declared = new DeclaredRule(new AlignmentBuilder(reference, suspect)).align();
    if (declared.holds()) {
      return declared;
    }
    if (reference.checkpoint().format().equals(suspect.checkpoint().format())) {
      return null;
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
    return best == null ? null : best.alignment();
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
      stored.put(
          pair.suspect().source().name(),
          new Move(from.source(), from.sourceGathers(move.gathers())));
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
}
