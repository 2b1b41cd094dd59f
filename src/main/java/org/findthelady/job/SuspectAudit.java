package org.findthelady.job;

import java.util.Comparator;
import java.util.function.Function;
import org.findthelady.match.Difference;
import org.findthelady.spark.Task;

/** Holds a suspect against each of its references and keeps the nearest. */
final class SuspectAudit implements Task<Suspect, PairOutcome> {
  private static final long serialVersionUID = 1;

  private static final Comparator<PairOutcome> NEAREST =
      Comparator.comparingInt(SuspectAudit::rank).thenComparingDouble(SuspectAudit::distance);

  @Override
  public PairOutcome run(Suspect suspect) {
    PairAudit audit = new PairAudit();
    return run(suspect, audit::run);
  }

  /** As {@link #run(Suspect)}, pairs being judged by {@code judge}. */
  PairOutcome run(Suspect suspect, Function<Pair, PairOutcome> judge) {
    if (suspect.pairs().size() == 1) {
      return judge.apply(suspect.pairs().get(0));
    }
    PairOutcome nearest = null;
    for (Pair pair : suspect.pairs()) {
      PairOutcome outcome = judge.apply(pair.staged(null));
      if (nearest == null || NEAREST.compare(outcome, nearest) < 0) {
        nearest = outcome;
      }
    }
    String stage = suspect.pairs().get(0).stage();
    return stage == null ? nearest : judge.apply(nearest.pair().staged(stage));
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
