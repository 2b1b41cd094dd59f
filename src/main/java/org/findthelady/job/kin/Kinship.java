package org.findthelady.job.kin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.findthelady.candidate.Kin;
import org.findthelady.candidate.KinPairs;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.fleet.Audited;
import org.findthelady.fleet.Fleet;
import org.findthelady.fleet.InOrder;
import org.findthelady.fleet.Suspect;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.Lineage;
import org.findthelady.report.ModelFindings;
import org.findthelady.run.KnownReferences;
import org.findthelady.run.PairKeeper;
import org.findthelady.run.Progress;
import org.findthelady.run.RunReport;
import org.findthelady.spark.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matches suspects with suspects and references with references where descriptions say that it may
 * be worth it. A match decides; what was matched in the last run and has not changed is taken from
 * there.
 */
public final class Kinship {
  private static final Logger LOG = LoggerFactory.getLogger(Kinship.class);

  /**
   * A model that may have relatives.
   *
   * @param request a pair of it, for its store, its options and its structure
   */
  private record Model(
      Lineage.Node node, String path, PairRequest request, KinPairs.Member member) {}

  private final List<Model> models = new ArrayList<>();
  private final Map<String, PairRequest> references = new TreeMap<>();
  private final RunReport report;
  private final PairKeeper keeper;

  private Kinship(RunReport report, PairKeeper keeper) {
    this.report = report;
    this.keeper = keeper;
  }

  /**
   * Adds the relations to a run's lineage.
   *
   * @param suspects of the run
   * @param report of all suspects that have a verdict
   * @param sketches of all references, made if nothing is known of them
   */
  public static void relate(
      Cluster cluster,
      List<Suspect> suspects,
      RunReport report,
      Supplier<ReferenceSketches> sketches,
      PairKeeper keeper) {
    Kinship kinship = new Kinship(report, keeper);
    List<KinPairs.Pair> pairs = kinship.pairs(kinship.add(suspects, sketches));
    List<Suspect> open = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    Map<Integer, Lineage.Relation> found = new TreeMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      PairRequest request = kinship.request(pairs.get(i));
      Optional<ModelFindings> kept = keeper.find(request);
      if (kept.isPresent()) {
        int index = i;
        kinship.shown(pairs.get(i), kept.get()).ifPresent(relation -> found.put(index, relation));
      } else {
        open.add(Suspect.of(request));
        left.add(i);
      }
    }
    if (!open.isEmpty()) {
      LOG.info("pairs of models that may be relatives, to be matched: {}", open.size());
      Progress progress = Progress.ofPairs(open, LOG::info);
      progress.begin();
      // In their order, so that the next run reads what was kept from front to back. All that is
      // known of a pair is some hundred KB, so it is held no longer than for that.
      InOrder<Audited> keeping =
          new InOrder<>(
              (audited, index) ->
                  keeper
                      .keep(audited)
                      .flatMap(rows -> kinship.shown(pairs.get(left.get(index)), rows))
                      .ifPresent(relation -> found.put(left.get(index), relation)));
      Fleet.run(
          cluster,
          open,
          Fleet.Known.nothing(),
          (audited, index) -> {
            keeping.accept(audited, index);
            progress.finished(audited.outcome(), index);
          });
    }
    found.values().forEach(report.lineage()::add);
  }

  /** Adds all models, references first, and says which references look alike. */
  private List<KinPairs.Pair> add(List<Suspect> suspects, Supplier<ReferenceSketches> sketches) {
    Map<String, Suspect> byId = new HashMap<>();
    for (Suspect suspect : suspects) {
      byId.put(suspect.id(), suspect);
      for (int i = 0; i < suspect.pairs().size(); i++) {
        references.put(suspect.references().get(i), suspect.pairs().get(i));
      }
    }
    KnownReferences known = keeper.references(List.copyOf(references.values()), sketches);
    int at = 0;
    for (Map.Entry<String, PairRequest> reference : references.entrySet()) {
      models.add(
          new Model(
              new Lineage.Node(true, reference.getKey()),
              reference.getValue().reference(),
              reference.getValue(),
              new KinPairs.Member(known.kin().get(at++), 0, true)));
    }
    report.related().forEach(model -> add(model, byId.get(model.row().names().modelId())));
    return known.likely();
  }

  private void add(RunReport.Related model, Suspect suspect) {
    Kin kin = model.kin();
    int base = suspect.references().indexOf(kin.base());
    PairRequest request = suspect.pairs().get(Math.max(0, base));
    boolean fits = !model.row().names().structure().isEmpty();
    Double difference = model.row().closeness().relativeL2();
    boolean same = model.row().verdict().isUnchanged();
    models.add(
        new Model(
            new Lineage.Node(false, suspect.id()),
            request.suspect(),
            fits ? request : request.structured(StructureChoice.AUTOMATIC),
            new KinPairs.Member(kin, same || difference == null ? 0 : difference, false)));
  }

  private List<KinPairs.Pair> pairs(List<KinPairs.Pair> likely) {
    Set<KinPairs.Pair> pairs =
        new TreeSet<>(
            Comparator.comparingInt(KinPairs.Pair::first).thenComparingInt(KinPairs.Pair::second));
    pairs.addAll(likely);
    List<String> ids = List.copyOf(references.keySet());
    for (RunReport.Related model : report.related()) {
      int[] indices = model.references().stream().mapToInt(ids::indexOf).sorted().toArray();
      for (int k = 1; k < indices.length; k++) {
        pairs.add(new KinPairs.Pair(indices[0], indices[k]));
      }
    }
    for (KinPairs.Pair pair : KinPairs.of(models.stream().map(Model::member).toList())) {
      if (!pairs.contains(pair.turned())) {
        pairs.add(pair);
      }
    }
    return List.copyOf(pairs);
  }

  private PairRequest request(KinPairs.Pair pair) {
    Model first = models.get(pair.first());
    Model second = models.get(pair.second());
    PairRequest of = first.request();
    return new PairRequest(
        first.node().id() + " and " + second.node().id(),
        first.path(),
        second.path(),
        of.structure(),
        of.options(),
        of.store(),
        null,
        null);
  }

  /** A relation of two suspects is one only if it is nearer than what both come from. */
  private Optional<Lineage.Relation> shown(KinPairs.Pair pair, ModelFindings findings) {
    Model first = models.get(pair.first());
    Model second = models.get(pair.second());
    double far = Math.max(first.member().difference(), second.member().difference());
    Double difference = findings.model().closeness().relativeL2();
    boolean based = !first.member().kin().base().isEmpty();
    return !based || difference == null || difference < far
        ? Lineage.shown(first.node(), second.node(), findings)
        : Optional.empty();
  }
}
