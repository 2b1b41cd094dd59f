package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.align.PairingRule;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.spark.Task;

/**
 * Judges one suspect against one reference and writes the re-synchronised suspect on its stage.
 * Whatever is wrong with the suspect becomes a verdict; where looking at it failed, the outcome
 * says so and has no verdict. The steps are in {@link PairRecipe}.
 */
public final class PairAudit implements Task<PairRequest, PairOutcome> {
  private static final long serialVersionUID = 1;

  private final boolean correct;

  /** Writes suspects in the reference's order, bit for bit. */
  public PairAudit() {
    this(false);
  }

  /**
   * @param correct whether a suspect is written with everything undone that is certain, which
   *     rounds, and not in order alone
   */
  public PairAudit(boolean correct) {
    this.correct = correct;
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
    PairRecipe recipe = new PairRecipe(pair, execution, correct);
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
      if (correct) {
        return corrected(judged, staged, started);
      }
      Map<String, String> digests = staged.write(judged.resync());
      return outcome.written(stage, digests, (System.nanoTime() - started) / 1e9);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return new PairFailure(outcome.pair(), outcome.format(), outcome.seconds()).of(e);
    }
  }

  /** Undoes what is certain, where every tensor is seen as it is stored, and says what is left. */
  private static PairOutcome corrected(JudgedPair judged, StagedModel staged, long started)
      throws IOException {
    PairOutcome outcome = judged.outcome();
    boolean plain =
        judged.context().alignment().isWhole()
            && judged.context().conversion().isEmpty()
            && judged.context().alignment().counterparts().stream()
                .allMatch(c -> c.suspect().isStored() && c.rule() == PairingRule.NAME);
    if (!plain) {
      return outcome.noted(
          "the corrected model was not written: tensors are not stored as they are compared");
    }
    Correction correction = judged.correction().correction();
    if (correction.whyNotWritten().isPresent()) {
      String why = correction.whyNotWritten().get();
      return outcome.noted("the corrected model was not written: " + why);
    }
    Map<String, String> digests = staged.write(correction);
    List<String> undone = new ArrayList<>(List.of("the order of neurons"));
    undone.addAll(correction.words());
    String bits =
        correction.rounds()
            ? "; products were rounded: this is no copy bit for bit"
            : "; bits are as they were";
    return outcome
        .written(judged.outcome().pair().stage(), digests, (System.nanoTime() - started) / 1e9)
        .noted("undone: " + String.join(", ", undone) + bits)
        .noted("left as it is: " + left(outcome, correction));
  }

  private static String left(PairOutcome outcome, Correction correction) {
    List<String> left = new ArrayList<>(correction.stays());
    double rest =
        outcome.findings().stream()
            .filter(f -> f.kind() == FindingKind.BASIS_CHANGED && !f.explains())
            .mapToDouble(Finding::size)
            .max()
            .orElse(0);
    if (rest > 0) {
      left.add(String.format(Locale.ROOT, "a relative difference of %.2g", rest));
    } else {
      outcome.findings().stream()
          .filter(finding -> !correction.undoes(finding))
          .map(finding -> finding.kind().plainWords())
          .distinct()
          .forEach(left::add);
    }
    return left.isEmpty() ? "nothing that was found" : String.join(", ", left);
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
