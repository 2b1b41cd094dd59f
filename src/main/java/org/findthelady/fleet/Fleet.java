package org.findthelady.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ObjIntConsumer;
import org.findthelady.candidate.Kin;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.NotAudited;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.References;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.LostTaskException;
import org.findthelady.spark.Places;
import org.findthelady.spark.Shared;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs many suspects on a cluster. Small ones go several to a task; a large one is driven from
 * here, its blocks and tensors spread over all executors. A model that takes its executor down
 * takes no other with it: what a lost task left undone is done again model by model.
 */
public final class Fleet {
  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

  private final Cluster cluster;
  private final List<Suspect> suspects;
  private final ObjIntConsumer<Audited> done;
  private final FleetPlan plan;
  private final Shared<Fingerprints> fingerprints;
  private final Shared<ReferenceSketches> sketches;
  private final SuspectAudit audit;
  private final TreeSet<Integer> open = new TreeSet<>();

  private Fleet(
      Cluster cluster,
      List<Suspect> suspects,
      Shared<Fingerprints> fingerprints,
      Shared<ReferenceSketches> sketches,
      ObjIntConsumer<Audited> done) {
    this.cluster = cluster;
    this.suspects = suspects;
    this.done = done;
    this.plan = FleetPlan.of(suspects, cluster.slots());
    this.fingerprints = fingerprints;
    this.sketches = sketches;
    this.audit = new SuspectAudit(References.limit(cluster), fingerprints, sketches);
  }

  /**
   * What is known of the references before.
   *
   * @param fingerprints that prove matches of single neurons
   * @param sketches that tell which references a suspect is held against first
   */
  public record Known(Fingerprints fingerprints, ReferenceSketches sketches) {
    /** Nothing: everything is compared, only what needs no fingerprint is certified. */
    public static Known nothing() {
      return new Known(Fingerprints.none(), ReferenceSketches.none());
    }
  }

  /** Runs one pair. */
  public static PairOutcome auditOne(Cluster cluster, PairRequest pair, Fingerprints fingerprints) {
    List<PairOutcome> outcome = new ArrayList<>();
    Known known = new Known(fingerprints, ReferenceSketches.none());
    run(
        cluster,
        List.of(Suspect.of(pair)),
        known,
        (result, index) -> outcome.add(result.outcome()));
    return outcome.get(0);
  }

  /**
   * Runs all suspects; each result is handed over once, in no particular order.
   *
   * @param known of the references
   * @param done receives an outcome and the index of its suspect
   */
  public static void run(
      Cluster cluster, List<Suspect> suspects, Known known, ObjIntConsumer<Audited> done) {
    try (Shared<Fingerprints> fingerprints = cluster.share(known.fingerprints());
        Shared<ReferenceSketches> sketches = cluster.share(known.sketches())) {
      new Fleet(cluster, suspects, fingerprints, sketches, done).run();
    }
  }

  private void run() {
    plan.chunks().forEach(open::addAll);
    List<Integer> lost =
        cluster.runApart(
            chunk ->
                "Auditing %d models from %s on"
                    .formatted(chunk.suspects().size(), chunk.suspects().get(0).id()),
            plan.chunks().stream().map(this::chunk).toList(),
            audit,
            (outcomes, chunk) -> finish(outcomes, plan.chunks().get(chunk)));
    if (!lost.isEmpty()) {
      LOG.warn("{} tasks were lost, {} models are audited one by one", lost.size(), open.size());
      oneByOne();
    }
    if (!plan.large().isEmpty()) {
      large();
    }
  }

  private void large() {
    try (Places places = cluster.places()) {
      for (int index : plan.large()) {
        Audited outcome =
            SuspectAudit.nearest(
                suspects.get(index),
                new SparkExecution(cluster, places, fingerprints.value()),
                sketches.value());
        done.accept(outcome, index);
      }
    }
  }

  /** Each a task alone; those that are lost beside others once more with nothing beside them. */
  private void oneByOne() {
    List<Integer> left = List.copyOf(open);
    List<Integer> lost =
        cluster.runApart(
            chunk -> "Auditing " + chunk.suspects().get(0).id() + " alone",
            left.stream().map(i -> chunk(List.of(i))).toList(),
            audit,
            (outcomes, i) -> finish(outcomes, List.of(left.get(i))));
    for (int i : lost) {
      int index = left.get(i);
      Suspect suspect = suspects.get(index);
      try {
        cluster.run(
            "Auditing " + suspect.id() + " with nothing beside it",
            List.of(chunk(List.of(index))),
            audit,
            (outcomes, only) -> finish(outcomes, List.of(index)));
      } catch (LostTaskException e) {
        LOG.error("{}: lost again", suspect.id(), e);
        Audited none = new Audited(lost(suspect), Kin.UNKNOWN);
        finish(new SuspectAudit.Outcomes(List.of(none)), List.of(index));
      }
    }
  }

  private static PairOutcome lost(Suspect suspect) {
    PairRequest pair = suspect.pairs().get(0);
    String reason =
        "%s: every process that audited it died or failed, alone too".formatted(pair.suspect());
    return PairOutcome.notAudited(pair, new NotAudited(NotAudited.Cause.LOST_TASK, reason), "", 0);
  }

  private SuspectAudit.Chunk chunk(List<Integer> indices) {
    return new SuspectAudit.Chunk(indices.stream().map(suspects::get).toList());
  }

  private void finish(SuspectAudit.Outcomes outcomes, List<Integer> indices) {
    for (int i = 0; i < indices.size(); i++) {
      if (open.remove(indices.get(i))) {
        done.accept(outcomes.outcomes().get(i), indices.get(i));
      }
    }
  }
}
