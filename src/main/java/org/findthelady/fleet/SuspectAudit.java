package org.findthelady.fleet;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.core.Location;
import org.findthelady.core.Verdict;
import org.findthelady.pair.Execution;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.JudgedPair;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.spark.Shared;
import org.findthelady.spark.Task;

/** Holds suspects against each of their references and keeps the nearest. */
final class SuspectAudit implements Task<SuspectAudit.Chunk, SuspectAudit.Outcomes> {
  private static final long serialVersionUID = 1;

  private static final Comparator<PairOutcome> NEAREST =
      Comparator.comparing(SuspectAudit::nearness, Verdict::compareNearness)
          .thenComparing(PairOutcome::audited)
          .thenComparingDouble(SuspectAudit::distance);

  /** Suspects of one task. */
  record Chunk(List<Suspect> suspects) implements Serializable {
    Chunk {
      suspects = List.copyOf(suspects);
    }
  }

  /** One outcome a suspect, in the chunk's order. */
  record Outcomes(List<Audited> outcomes) implements Serializable {
    Outcomes {
      outcomes = List.copyOf(outcomes);
    }
  }

  private final long referenceBytes;
  private final Shared<Fingerprints> fingerprints;
  private final Shared<ReferenceSketches> sketches;

  /**
   * @param referenceBytes that an executor keeps of opened references
   * @param fingerprints of the references
   * @param sketches of the references
   */
  SuspectAudit(
      long referenceBytes, Shared<Fingerprints> fingerprints, Shared<ReferenceSketches> sketches) {
    this.referenceBytes = referenceBytes;
    this.fingerprints = fingerprints;
    this.sketches = sketches;
  }

  @Override
  public Outcomes run(Chunk chunk) {
    return new Outcomes(chunk.suspects().stream().map(this::run).toList());
  }

  private Audited run(Suspect suspect) {
    Execution execution =
        new LocalExecution(referenceBytes, fingerprints.value(), suspect.planned());
    return nearest(
        new Suspect(
            suspect.pairs().stream().map(SuspectAudit::attempt).toList(),
            suspect.references(),
            suspect.planned(),
            suspect.bytes(),
            suspect.declared()),
        execution,
        sketches.value());
  }

  /**
   * A task may be tried again while an earlier try is still writing: each has its own stage, but
   * for an object store, where whole files replace each other.
   */
  private static PairRequest attempt(PairRequest pair) {
    String stage = pair.stage();
    return stage == null || pair.store().keepsObjects(stage)
        ? pair
        : pair.staged(
            "%s/%s/%s"
                .formatted(
                    Location.of(stage).parent().path(),
                    UUID.randomUUID(),
                    stage.substring(stage.lastIndexOf('/') + 1)));
  }

  /**
   * The outcome with the nearest reference. A suspect with several is judged against each, then
   * written in the order of the nearest.
   */
  static Audited nearest(Suspect suspect, Execution execution, ReferenceSketches sketches) {
    PairAudit audit = new PairAudit();
    PairRequest only = suspect.pairs().get(0);
    boolean several = suspect.pairs().size() > 1;
    ModelSketch own =
        sketches.described()
            ? ModelSketch.of(execution.suspects(only), only.suspect())
            : ModelSketch.NOTHING;
    List<String> references = suspect.pairs().stream().map(PairRequest::reference).toList();
    Comparisons comparisons = new Comparisons(suspect, sketches.candidates(own, references));
    Map<Integer, JudgedPair> copies = new HashMap<>();
    JudgedPair nearest = null;
    int at = 0;
    while (comparisons.isOpen()) {
      int next = comparisons.next();
      PairRequest pair = suspect.pairs().get(next);
      JudgedPair judged = judged(suspect, several ? pair.staged(null) : pair, audit, execution);
      comparisons.add(next, judged.outcome());
      if (judged.outcome().audited() && judged.outcome().verdict().isCopy()) {
        copies.put(next, judged);
      }
      if (nearest == null || NEAREST.compare(judged.outcome(), nearest.outcome()) < 0) {
        nearest = judged;
        at = next;
      }
    }
    Relatives relatives = Relatives.of(suspect, copies, at, own, sketches);
    JudgedPair told = nearest.compared(comparisons.all(), relatives.merge(), suspect.declared());
    return new Audited(audit.publish(told, only.stage()), relatives.kin());
  }

  /** What is said of files that are not those that were planned is said of nothing. */
  private static JudgedPair judged(
      Suspect suspect, PairRequest pair, PairAudit audit, Execution execution) {
    JudgedPair judged = audit.judge(pair, execution);
    Optional<String> change = suspect.change(judged.files().orElseGet(() -> Suspect.now(pair)));
    return change.isEmpty() ? judged : audit.changed(judged, change.get());
  }

  /** A reference that was not looked at is an unknown, and so ranks ahead of a clean bill. */
  private static Verdict nearness(PairOutcome outcome) {
    return outcome.audited() ? outcome.verdict() : Verdict.UNDECIDED;
  }

  private static double distance(PairOutcome outcome) {
    Double difference = outcome.relativeDifference();
    double unknown = outcome.tensors().isEmpty() ? 0 : Double.POSITIVE_INFINITY;
    return difference == null ? unknown : difference;
  }
}
