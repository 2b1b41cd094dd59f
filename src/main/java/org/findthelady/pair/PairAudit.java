package org.findthelady.pair;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.spark.Task;

/**
 * Judges one suspect against one reference and writes the re-synchronised suspect on its stage.
 * Whatever is wrong with the suspect becomes a verdict; only a bad request is thrown. The steps are
 * in {@link PairRecipe}.
 */
public final class PairAudit implements Task<PairRequest, PairOutcome> {
  private static final long serialVersionUID = 1;

  /** Where putting neurons back means something. */
  private static final Set<Verdict> WRITTEN =
      EnumSet.of(Verdict.IDENTICAL, Verdict.PERMUTED, Verdict.RESCALED, Verdict.DERIVED);

  /** Whether the suspect of a pair with that verdict is put back in the reference's order. */
  static boolean isWritten(Verdict verdict) {
    return WRITTEN.contains(verdict);
  }

  @Override
  public PairOutcome run(PairRequest pair) {
    return audit(pair, new LocalExecution());
  }

  /** Judges a pair and writes its suspect, the heavy steps run by {@code execution}. */
  public PairOutcome audit(PairRequest pair, Execution execution) {
    return publish(judge(pair, execution), pair.stage());
  }

  /** Judges a pair. What is on its stage after that is for {@link #publish} to keep or remove. */
  public JudgedPair judge(PairRequest pair, Execution execution) {
    PairRecipe recipe = new PairRecipe(pair, execution);
    try {
      return recipe.judged();
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return JudgedPair.ended(PairFailure.outcome(pair, recipe.format(), recipe.seconds(), e));
    }
  }

  /**
   * Leaves the re-synchronised suspect on a stage, whole, for the driver to publish; nothing if the
   * verdict does not allow it. A suspect that was written while it was compared is not written
   * again.
   *
   * @param stage null if no model is wanted
   */
  public PairOutcome publish(JudgedPair judged, String stage) {
    PairOutcome outcome = judged.outcome();
    if (judged.staged() == null) {
      return outcome;
    }
    long started = System.nanoTime();
    try {
      StagedModel staged = judged.staged().at(stage);
      if (stage == null || !isWritten(outcome.verdict()) || judged.whyNotWritten().isPresent()) {
        staged.discard();
        return outcome;
      }
      Map<String, String> digests = staged.write(judged.resync());
      return outcome.written(stage, digests, (System.nanoTime() - started) / 1e9);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return PairFailure.outcome(outcome.pair(), outcome.format(), outcome.seconds(), e);
    }
  }

  /**
   * Opens a reference before anything else is done.
   *
   * @throws UserException if it cannot be read: without it there is nothing to compare with
   */
  public static void requireReference(Store store, String id, String path) {
    try {
      Checkpoints.open(store, path);
    } catch (CheckpointException e) {
      throw new UserException(
          "reference '%s': %s: %s".formatted(id, e.reason(), e.getMessage()), e);
    }
  }
}
