package org.findthelady.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.TrainingState;

/**
 * A second network in a suspect's file: the average of its weights over training. Programs that
 * find one use it instead of the weights beside it, so it is judged too.
 *
 * @param name what stands in front of its tensors' names
 * @param checkpoint the suspect as if it held the copy alone
 */
record AveragedCopy(String name, Checkpoint checkpoint) {
  /** The copy that a suspect has and its reference has not. */
  static Optional<AveragedCopy> of(Checkpoint reference, Checkpoint suspect) {
    if (!TrainingState.copies(reference.tensors()).isEmpty()) {
      return Optional.empty();
    }
    return TrainingState.copies(suspect.tensors()).entrySet().stream()
        .findFirst()
        .map(copy -> new AveragedCopy(copy.getKey(), suspect.of(copy.getValue())));
  }

  /**
   * One outcome for both networks: the one that is more like the reference, with what the other is.
   * A suspect of which one network is the reference and the other another one was changed.
   */
  PairOutcome beside(PairOutcome weights, PairOutcome copy) {
    boolean copyFirst = copy.verdict().compareTo(weights.verdict()) < 0 && !isKin(weights);
    PairOutcome first = copyFirst ? copy : weights;
    PairOutcome second = copyFirst ? weights : copy;
    String what =
        copyFirst
            ? "; this is its averaged copy '%s', which programs use; the weights beside it are %s"
            : "; its averaged copy '%s', which programs use, is %s";
    Judgement told =
        first.judgement().told(what.formatted(name, second.verdict()) + ": " + why(second));
    boolean split = isKin(first) && !isKin(second) && first.verdict() != Verdict.DERIVED;
    return with(first, split ? new Judgement(Verdict.DERIVED, told.reason()) : told, weights);
  }

  private static String why(PairOutcome outcome) {
    return outcome.judgement().reason().split("; ", 2)[0];
  }

  private static boolean isKin(PairOutcome outcome) {
    return outcome.verdict().compareTo(Verdict.DERIVED) <= 0;
  }

  private static PairOutcome with(
      PairOutcome outcome, Judgement judgement, PairOutcome weights) {
    List<String> notes = new ArrayList<>(outcome.notes());
    return new PairOutcome(
        weights.pair(),
        judgement,
        outcome.format(),
        outcome.structure(),
        outcome.groups(),
        outcome.neurons(),
        outcome.match(),
        outcome.found(),
        outcome.changes(),
        outcome.tensors(),
        outcome.psi(),
        weights.parameters(),
        outcome.bytesRead(),
        outcome.seconds(),
        Map.copyOf(weights.written()),
        outcome.failed(),
        notes);
  }
}
