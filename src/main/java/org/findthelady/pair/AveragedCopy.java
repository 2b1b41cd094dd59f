package org.findthelady.pair;

import java.io.IOException;
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
   * One judgement for both networks: that of the one that is more like the reference, with what the
   * other is. A suspect of which one network is the reference and the other another one was
   * changed. What is written is what the weights themselves allow.
   *
   * @param weights of the network beside the copy
   * @param copy of this
   */
  JudgedPair beside(JudgedPair weights, JudgedPair copy) throws IOException {
    boolean copyFirst =
        copy.outcome().verdict().compareTo(weights.outcome().verdict()) < 0
            && !weights.outcome().verdict().isCopy();
    PairOutcome first = copyFirst ? copy.outcome() : weights.outcome();
    PairOutcome second = copyFirst ? weights.outcome() : copy.outcome();
    String what =
        copyFirst
            ? "; this is its averaged copy '%s', which programs use; the weights beside it are %s"
            : "; its averaged copy '%s', which programs use, is %s";
    Judgement told =
        first.judgement().told(what.formatted(name, second.verdict()) + ": " + why(second));
    boolean split =
        first.verdict().isCopy()
            && !second.verdict().isCopy()
            && first.verdict() != Verdict.DERIVED;
    PairOutcome both = first.judged(split ? new Judgement(Verdict.DERIVED, told.reason()) : told);
    if (!copyFirst) {
      return new JudgedPair(both, weights.context(), weights.staged(), weights.correction());
    }
    if (weights.staged() != null) {
      weights.staged().discard();
    }
    return JudgedPair.ended(
        both.noted("the re-synchronised model was not written: only an averaged copy was matched"));
  }

  private static String why(PairOutcome outcome) {
    return outcome.judgement().reason().split("; ", 2)[0];
  }
}
