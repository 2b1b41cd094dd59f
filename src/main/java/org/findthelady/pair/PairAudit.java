package org.findthelady.pair;

import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.spark.Task;

/**
 * Judges one suspect against one reference and writes the re-synchronised suspect on its stage.
 * Whatever is wrong with the suspect becomes a verdict; where looking at it failed, the outcome
 * says so and has no verdict. The steps are in {@link PairRecipe}.
 */
public final class PairAudit implements Task<PairRequest, PairOutcome> {
  private static final long serialVersionUID = 1;

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
      return JudgedPair.ended(recipe.failure().of(e));
    }
  }

  /** What a judged pair comes to whose files are not those that were planned. */
  public JudgedPair changed(JudgedPair judged, String change) {
    PairOutcome outcome = judged.outcome();
    PairFailure failure = new PairFailure(outcome.pair(), outcome.format(), outcome.seconds());
    try {
      if (judged.staged() != null) {
        judged.staged().discard();
      }
    } catch (IOException e) {
      return JudgedPair.ended(failure.of(e));
    }
    CheckpointException.Reason reason = CheckpointException.Reason.CHANGED_DURING_RUN;
    return JudgedPair.ended(failure.of(new CheckpointException(reason, change)));
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
      if (stage == null
          || !outcome.verdict().isCopy()
          || judged.whyNotWritten().isPresent()
          || !staged.unwritable(judged.resync()).isEmpty()) {
        staged.discard();
        return outcome;
      }
      Map<String, String> digests = staged.write(judged.resync());
      return outcome.written(stage, digests, (System.nanoTime() - started) / 1e9);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return new PairFailure(outcome.pair(), outcome.format(), outcome.seconds()).of(e);
    }
  }

  /**
   * Opens a reference before anything else is done.
   *
   * @throws CheckpointException if it cannot be read: without it there is nothing to compare with
   * @throws UserException if there is nothing at its path
   */
  public static void requireReference(Store store, String id, String path) {
    try {
      Checkpoints.open(store, path);
    } catch (CheckpointException e) {
      if (e.reason() == CheckpointException.Reason.IO) {
        throw new CheckpointException(e.reason(), "reference '" + id + "': " + e.getMessage(), e);
      }
      throw new UserException(
          "reference '%s': %s: %s".formatted(id, e.reason(), e.getMessage()), e);
    }
  }
}
