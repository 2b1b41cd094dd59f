package org.findthelady.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.candidate.KinPairs;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.References;

/**
 * What the small suspects of a fleet take, told by auditing some of them in this thread. Nothing is
 * written.
 *
 * @param models that were audited
 * @param seconds that one of them took, all its references together, once the JVM was warm
 * @param references that one was compared with
 * @param pairsBeside pairs of relatives that a model brings to be matched beside those with its
 *     references
 */
public record Probe(int models, double seconds, double references, double pairsBeside) {
  /** Of so many one is audited at most, so that a plan never takes as much as its audit. */
  private static final int SHARE = 8;

  private static final double MOST_SECONDS = 5;
  private static final double LONGEST_SECONDS = 20;
  private static final int FEWEST_MODELS = 12;

  /** So many pairs are matched even if that takes longer: the first ones wait for the compiler. */
  private static final int FEWEST = 24;

  /** Larger references are not described: that would take as long as an audit with them. */
  private static final long MOST_DESCRIBED_BYTES = 1L << 28;

  /** Parts of the golden section: suspects are taken from everywhere, whatever their order. */
  private static final double SECTION = 0.6180339887498949;

  /** Others that a model asks to be matched with, as {@link KinPairs} has it. */
  private static final double ASKED = 2;

  /**
   * Audits some suspects for a few seconds.
   *
   * @param small suspects that one task does whole
   * @param related whether suspects are held against each other too
   * @param likely whether references that are not likely may be left out
   * @return empty if there are too few
   */
  public static Optional<Probe> of(List<Suspect> small, boolean related, boolean likely) {
    int most = small.size() / SHARE;
    if (most == 0) {
      return Optional.empty();
    }
    ReferenceSketches sketches = sketches(small, related, likely);
    List<Double> taken = new ArrayList<>();
    List<KinPairs.Member> members = new ArrayList<>();
    long references = 0;
    Set<Integer> tried = new HashSet<>();
    long started = System.nanoTime();
    for (int step = 0;
        tried.size() < most && !isEnough(taken.size(), references, seconds(started));
        step++) {
      double place = step * SECTION;
      int index = (int) ((place - Math.floor(place)) * small.size());
      if (tried.add(index)) {
        long one = System.nanoTime();
        Audited audited = audit(small.get(index), sketches);
        taken.add(seconds(one));
        references +=
            audited.outcome().effort().comparisons().stream()
                .filter(c -> c.verdict() != null)
                .count();
        member(audited).ifPresent(members::add);
      }
    }
    // The first ones wait for the JVM's compiler more than they work.
    List<Double> warm = taken.subList(taken.size() / 2, taken.size());
    double mean = warm.stream().mapToDouble(s -> s).average().orElseThrow();
    return Optional.of(
        new Probe(
            taken.size(),
            mean,
            (double) references / taken.size(),
            related ? ASKED * related(members) / taken.size() : 0));
  }

  private static boolean isEnough(int models, long pairs, double seconds) {
    boolean few = models < FEWEST_MODELS || pairs < FEWEST;
    return seconds > (few ? LONGEST_SECONDS : MOST_SECONDS);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static Audited audit(Suspect suspect, ReferenceSketches sketches) {
    List<PairRequest> pairs = suspect.pairs().stream().map(pair -> pair.staged(null)).toList();
    return SuspectAudit.nearest(
        new Suspect(
            pairs, suspect.references(), suspect.planned(), suspect.bytes(), suspect.declared()),
        new LocalExecution(References.DEFAULT_BYTES, Fingerprints.none(), suspect.planned()),
        sketches);
  }

  private static ReferenceSketches sketches(List<Suspect> small, boolean related, boolean likely) {
    Map<String, PairRequest> references = new TreeMap<>();
    small.stream()
        .flatMap(suspect -> suspect.pairs().stream())
        .forEach(pair -> references.put(pair.reference(), pair));
    boolean described = related || (likely && references.size() > 1);
    long bytes = 0;
    for (PairRequest pair : references.values()) {
      bytes += bytes(pair.store(), pair.reference());
    }
    if (!described || bytes > MOST_DESCRIBED_BYTES) {
      return ReferenceSketches.none();
    }
    return new ReferenceSketches(
        references.values().stream()
            .collect(
                Collectors.toMap(
                    PairRequest::reference,
                    pair -> ModelSketch.of(pair.store(), pair.reference()))),
        likely);
  }

  private static long bytes(Store store, String path) {
    try {
      return Suspect.files(store, path).stream().mapToLong(FileInfo::length).sum();
    } catch (IOException e) {
      return 0; // the audit says what is wrong with it
    }
  }

  private static Optional<KinPairs.Member> member(Audited audited) {
    PairOutcome outcome = audited.outcome();
    if (!outcome.audited()) {
      return Optional.empty();
    }
    boolean same = outcome.verdict().isUnchanged();
    Double difference = outcome.relativeDifference();
    double far = same || difference == null ? 0 : difference;
    return Optional.of(new KinPairs.Member(audited.kin(), far, false));
  }

  /** Models that ask for others. */
  private static double related(List<KinPairs.Member> members) {
    Set<Integer> asking = new HashSet<>();
    for (KinPairs.Pair pair : KinPairs.of(members)) {
      asking.add(pair.first());
      asking.add(pair.second());
    }
    return asking.size();
  }
}
