package org.findthelady.fleet;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.findthelady.match.verdict.Difference;
import org.findthelady.pair.Execution;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.JudgedPair;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.spark.Shared;
import org.findthelady.spark.Task;
import org.findthelady.storage.Locations;

/** Holds suspects against each of their references and keeps the nearest. */
final class SuspectAudit implements Task<SuspectAudit.Chunk, SuspectAudit.Outcomes> {
  private static final long serialVersionUID = 1;

  private static final Comparator<PairOutcome> NEAREST =
      Comparator.comparingInt(SuspectAudit::rank).thenComparingDouble(SuspectAudit::distance);

  /** Suspects of one task. */
  record Chunk(List<Suspect> suspects) implements Serializable {
    Chunk {
      suspects = List.copyOf(suspects);
    }
  }

  /** One outcome a suspect, in the chunk's order. */
  record Outcomes(List<PairOutcome> outcomes) implements Serializable {
    Outcomes {
      outcomes = List.copyOf(outcomes);
    }
  }

  private final long referenceBytes;
  private final Shared<Fingerprints> fingerprints;

  /**
   * @param referenceBytes that an executor keeps of opened references
   * @param fingerprints of the references
   */
  SuspectAudit(long referenceBytes, Shared<Fingerprints> fingerprints) {
    this.referenceBytes = referenceBytes;
    this.fingerprints = fingerprints;
  }

  @Override
  public Outcomes run(Chunk chunk) {
    return new Outcomes(chunk.suspects().stream().map(this::run).toList());
  }

  private PairOutcome run(Suspect suspect) {
    Execution execution = new LocalExecution(referenceBytes, fingerprints.value());
    return nearest(
        new Suspect(suspect.pairs().stream().map(SuspectAudit::attempt).toList(), suspect.bytes()),
        execution);
  }

  /** A task may be tried again while an earlier try is still writing: each has its own stage. */
  private static PairRequest attempt(PairRequest pair) {
    String stage = pair.stage();
    return stage == null
        ? pair
        : pair.staged(
            "%s/%s/%s"
                .formatted(
                    Locations.parent(stage),
                    UUID.randomUUID(),
                    stage.substring(stage.lastIndexOf('/') + 1)));
  }

  /**
   * The outcome with the nearest reference. A suspect with several is judged against each, then
   * written in the order of the nearest.
   */
  static PairOutcome nearest(Suspect suspect, Execution execution) {
    PairAudit audit = new PairAudit();
    if (suspect.pairs().size() == 1) {
      return audit.audit(suspect.pairs().get(0), execution);
    }
    JudgedPair nearest = null;
    for (PairRequest pair : suspect.pairs()) {
      JudgedPair judged = audit.judge(pair.staged(null), execution);
      if (nearest == null || NEAREST.compare(judged.outcome(), nearest.outcome()) < 0) {
        nearest = judged;
      }
    }
    return audit.publish(nearest, suspect.pairs().get(0).stage());
  }

  /** An unknown ranks ahead of a clean bill. */
  private static int rank(PairOutcome outcome) {
    return switch (outcome.verdict()) {
      case IDENTICAL -> 0;
      case PERMUTED -> 1;
      case RESCALED -> 2;
      case DERIVED -> 3;
      case UNDECIDED -> 4;
      case UNRELATED -> 5;
      case INCOMPARABLE -> 6;
      case UNREADABLE -> 7;
    };
  }

  private static double distance(PairOutcome outcome) {
    return outcome.tensors().isEmpty()
        ? 0
        : Difference.of(outcome.tensors().stream().map(PairOutcome.Compared::comparison).toList())
            .relative();
  }
}
