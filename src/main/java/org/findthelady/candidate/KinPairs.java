package org.findthelady.candidate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import org.findthelady.match.kernel.Thresholds;

/**
 * Which models of a run may be relatives beyond what their references show, so that a match of them
 * is worth its time: models that differ from one reference in the same way, models that have
 * numbers in common, and models whose weights point the same way as they lie. Numbers and signs of
 * sketches are looked up in tables, and each model asks for a few others at most, so neither the
 * work here nor the number of pairs grows with the square of the number of models.
 */
public final class KinPairs {
  /** Others that a model asks for. */
  private static final int MOST_ASKED = 2;

  /** Others in one place of a table that a model is held against. */
  private static final int MOST_BESIDE = 8;

  /** Families of no more models need no tables. */
  private static final int SMALL = 64;

  private static final int TABLES = 32;

  /**
   * A model of a run.
   *
   * @param difference relative difference from the reference that its sketch is based on
   * @param reference whether it is one of the owner's
   */
  public record Member(Kin kin, double difference, boolean reference) {}

  /**
   * Two models that may be relatives, by index.
   *
   * @param first that which is nearer to their reference, or has more different numbers
   */
  public record Pair(int first, int second) {
    /** The same two the other way round. */
    public Pair turned() {
      return new Pair(/* first= */ second, /* second= */ first);
    }
  }

  private final List<Member> members;
  private final List<LinearSketch> sketches;
  private final Map<Integer, Map<Integer, Double>> asked = new TreeMap<>();

  private KinPairs(List<Member> members) {
    this.members = members;
    this.sketches = members.stream().map(member -> member.kin().numbers()).toList();
  }

  /** The pairs, in order. */
  public static List<Pair> of(List<Member> members) {
    KinPairs pairs = new KinPairs(members);
    Map<String, List<Integer>> families = new TreeMap<>();
    for (int i = 0; i < members.size(); i++) {
      Kin kin = members.get(i).kin();
      if (pairs.sketches.get(i).norm() > 0) {
        families
            .computeIfAbsent(kin.layout() + " " + kin.base(), family -> new ArrayList<>())
            .add(i);
      }
    }
    families.values().forEach(pairs::alike);
    pairs.sharing();
    return pairs.all();
  }

  /** Pairs of references whose descriptions are alike, by index. */
  public static List<Pair> likely(List<ModelSketch> references) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 1; i < references.size(); i++) {
      List<Double> distances =
          Candidates.of(references.get(i), references.subList(0, i)).distances();
      for (int j = 0; j < i; j++) {
        if (distances.get(j) <= Thresholds.LIKELY_DISTANCE) {
          pairs.add(new Pair(j, i));
        }
      }
    }
    return pairs;
  }

  private void alike(List<Integer> family) {
    boolean based = !members.get(family.get(0)).kin().base().isEmpty();
    ToDoubleBiFunction<Integer, Integer> gap = based ? this::gapOfChanges : this::gapOfWeights;
    if (family.size() <= SMALL) {
      for (int i : family) {
        family.stream().filter(j -> j < i).forEach(j -> ask(i, j, gap.applyAsDouble(i, j)));
      }
      return;
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(family.size());
    Set<Pair> seen = new HashSet<>();
    for (int table = 0; table < TABLES; table++) {
      Map<Integer, List<Integer>> places = new HashMap<>();
      for (int i : family) {
        int place = sketches.get(i).bits(table, bits);
        List<Integer> beside = places.computeIfAbsent(place, p -> new ArrayList<>());
        beside.subList(Math.max(0, beside.size() - MOST_BESIDE), beside.size()).stream()
            .filter(j -> seen.add(new Pair(i, j)))
            .forEach(j -> ask(i, j, gap.applyAsDouble(i, j)));
        beside.add(i);
      }
    }
  }

  /** Norm of the difference of two changes over the larger one; NaN if they are not alike. */
  private double gapOfChanges(int one, int other) {
    LinearSketch a = sketches.get(one);
    LinearSketch b = sketches.get(other);
    double gap = a.minus(b).norm() / Math.max(a.norm(), b.norm());
    boolean alike = a.cosine(b) > Thresholds.ALIKE_CHANGES && gap < Thresholds.NEARER_KIN;
    return alike ? gap : Double.NaN;
  }

  private double gapOfWeights(int one, int other) {
    double cosine = sketches.get(one).cosine(sketches.get(other));
    return cosine > Thresholds.ALIKE_WEIGHTS ? 1 - cosine : Double.NaN;
  }

  /** Models as they lie that have sampled numbers in common. */
  private void sharing() {
    Map<Long, List<Integer>> places = new HashMap<>();
    Map<Integer, Map<Integer, Integer>> shared = new TreeMap<>();
    for (int i = 0; i < members.size(); i++) {
      if (!members.get(i).kin().base().isEmpty()) {
        continue;
      }
      Map<Integer, Integer> counts = new TreeMap<>();
      for (long hash : members.get(i).kin().hashes()) {
        List<Integer> beside = places.computeIfAbsent(hash, h -> new ArrayList<>());
        beside
            .subList(Math.max(0, beside.size() - MOST_ASKED), beside.size())
            .forEach(j -> counts.merge(j, 1, Integer::sum));
        beside.add(i);
      }
      shared.put(i, counts);
    }
    shared.forEach(
        (i, counts) ->
            counts.forEach(
                (j, count) ->
                    ask(
                        i,
                        j,
                        count >= Thresholds.FEWEST_SHARED_VALUES ? 1.0 / count : Double.NaN)));
  }

  /** Notes two models, if they may be relatives and no match has shown yet whether they are. */
  private void ask(int one, int other, double gap) {
    boolean matched =
        members.get(one).reference() != members.get(other).reference()
            || (members.get(one).difference() == 0
                && members.get(other).difference() == 0
                && !members.get(one).kin().base().isEmpty());
    if (!Double.isNaN(gap) && !matched) {
      asked.computeIfAbsent(one, i -> new TreeMap<>()).merge(other, gap, Math::min);
      asked.computeIfAbsent(other, i -> new TreeMap<>()).merge(one, gap, Math::min);
    }
  }

  private List<Pair> all() {
    Set<Pair> pairs = new HashSet<>();
    asked.forEach(
        (one, others) ->
            others.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .limit(MOST_ASKED)
                .forEach(other -> pairs.add(ordered(one, other.getKey()))));
    return pairs.stream()
        .sorted(Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second))
        .toList();
  }

  private Pair ordered(int one, int other) {
    Member a = members.get(Math.min(one, other));
    Member b = members.get(Math.max(one, other));
    boolean based = !a.kin().base().isEmpty();
    boolean turned =
        based ? b.difference() < a.difference() : b.kin().distinct() > a.kin().distinct();
    return turned
        ? new Pair(Math.max(one, other), Math.min(one, other))
        : new Pair(Math.min(one, other), Math.max(one, other));
  }
}
