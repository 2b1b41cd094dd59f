package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.align.Alignment;
import org.findthelady.align.Counterpart;
import org.findthelady.align.PairingRule;
import org.findthelady.align.Profile;
import org.findthelady.align.View;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Permutation;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.structure.Group;

/** What became of layers as a whole: removed, added, repeated, moved. */
final class LayerFates {
  private static final int NAMED = 8;

  /** How tensors are paired whose names say of which layer they are. */
  private static final Set<PairingRule> STACKED =
      EnumSet.of(PairingRule.LAYER, PairingRule.NAME, PairingRule.WEIGHTS);

  private final MatchedPair matched;
  private final PairContext context;

  /** By layer of the reference, what stands in front of its number, the suspect's number. */
  private final Map<String, TreeMap<Integer, Integer>> answers = new TreeMap<>();

  /** Layers of which some tensor has a counterpart. */
  private final Set<String> ours = new HashSet<>();

  private final Set<String> theirs = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();

  private LayerFates(MatchedPair matched) {
    this.matched = matched;
    this.context = matched.context();
  }

  static List<Finding> of(MatchedPair matched) throws IOException {
    Alignment alignment = matched.context().alignment();
    boolean layered =
        !alignment.overlap().isWhole()
            || alignment.isExchanged()
            || alignment.counterparts().stream().anyMatch(c -> c.rule() == PairingRule.LAYER);
    if (!layered) {
      return List.of();
    }
    LayerFates fates = new LayerFates(matched);
    alignment.counterparts().forEach(fates::pair);
    fates.answers.forEach(fates::moved);
    alone(alignment.overlap().ours(), fates.ours)
        .keySet()
        .forEach(layer -> fates.add(FindingKind.LAYER_REMOVED, layer, Double.NaN));
    for (Map.Entry<String, List<TensorInfo>> layer :
        alone(alignment.overlap().theirs(), fates.theirs).entrySet()) {
      fates.added(layer.getKey(), layer.getValue());
    }
    return fates.findings;
  }

  private void pair(Counterpart pair) {
    List<LayerPlace> our = LayerPlace.of(pair.reference().source().name());
    List<LayerPlace> their = LayerPlace.of(pair.suspect().source().name());
    our.forEach(place -> ours.add(place.layer()));
    their.forEach(place -> theirs.add(place.layer()));
    if (STACKED.contains(pair.rule())) {
      for (int i = 0; i < Math.min(our.size(), their.size()); i++) {
        if (our.get(i).rest().equals(their.get(i).rest())) {
          answers
              .computeIfAbsent(our.get(i).front(), k -> new TreeMap<>())
              .put(our.get(i).number(), their.get(i).number());
          return;
        }
      }
    }
  }

  /** The layers of a stack that do not keep their order among the others. */
  private void moved(String front, TreeMap<Integer, Integer> numbers) {
    List<Integer> ours = List.copyOf(numbers.keySet());
    if (movesWithUnits(front, ours, List.copyOf(numbers.values()))) {
      return;
    }
    boolean[] keeps = Rising.of(numbers.values().stream().mapToInt(Integer::intValue).toArray());
    for (int i = 0; i < keeps.length; i++) {
      if (!keeps[i]) {
        add(FindingKind.LAYER_MOVED, front + ours.get(i), numbers.get(ours.get(i)));
      }
    }
  }

  /**
   * Whether units of a group moved as a stack did: experts lie side by side, and a router's rows
   * say which is which, so that their order changes nothing. Groups inside of one of the layers, as
   * its heads are, say nothing of the layers' order.
   */
  private boolean movesWithUnits(String front, List<Integer> ours, List<Integer> theirs) {
    for (Group group : context.structure().groups()) {
      boolean beside =
          context.structure().membersOf(group.name()).stream()
              .anyMatch(
                  tensor -> LayerPlace.of(tensor).stream().noneMatch(p -> p.front().equals(front)));
      if (beside && group.size() == ours.size() && group.parent().isEmpty()) {
        Permutation order = matched.resync().of(group).get(0);
        boolean same = true;
        for (int i = 0; i < ours.size(); i++) {
          same &= order.source(i) == ours.indexOf(theirs.get(i));
        }
        if (same && !order.isIdentity()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Outermost layers of which no tensor has a counterpart, with their tensors. */
  private static Map<String, List<TensorInfo>> alone(List<TensorInfo> left, Set<String> paired) {
    Map<String, List<TensorInfo>> alone = new TreeMap<>();
    for (TensorInfo tensor : left) {
      LayerPlace.of(tensor.name()).stream()
          .filter(place -> !paired.contains(place.layer()))
          .findFirst()
          .ifPresent(
              place -> alone.computeIfAbsent(place.layer(), k -> new ArrayList<>()).add(tensor));
    }
    alone.values().removeIf(tensors -> tensors.stream().noneMatch(t -> t.shape().rank() > 1));
    return alone;
  }

  private void add(FindingKind kind, String layer, double size) {
    findings.add(new Finding(kind, layer, "", -1, -1, size, true, 1));
  }

  /** A layer that the reference has not: one of the suspect's own again, or another. */
  private void added(String layer, List<TensorInfo> tensors) throws IOException {
    LayerPlace own =
        LayerPlace.of(tensors.get(0).name()).stream()
            .filter(place -> place.layer().equals(layer))
            .findFirst()
            .orElseThrow();
    Map<String, Map<Integer, TensorInfo>> others = new HashMap<>();
    for (TensorInfo tensor : context.suspect().tensors()) {
      for (LayerPlace place : LayerPlace.of(tensor.name())) {
        if (place.front().equals(own.front()) && place.number() != own.number()) {
          others.computeIfAbsent(place.rest(), k -> new HashMap<>()).put(place.number(), tensor);
        }
      }
    }
    Map<Integer, Double> distances = new TreeMap<>();
    try (TensorReader reader = PairReaders.suspect(context)) {
      for (TensorInfo tensor : tensors) {
        String rest = tensor.name().substring(layer.length());
        Profile profile = profile(reader, tensor);
        for (Map.Entry<Integer, TensorInfo> other :
            others.getOrDefault(rest, Map.of()).entrySet()) {
          if (other.getValue().shape().equals(tensor.shape())) {
            double distance = profile.distance(profile(reader, other.getValue()));
            distances.merge(other.getKey(), distance / tensors.size(), Double::sum);
          }
        }
      }
    }
    int nearest =
        distances.entrySet().stream()
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(-1);
    Map<Integer, Integer> known = new HashMap<>();
    answers
        .getOrDefault(own.front(), new TreeMap<>())
        .forEach((our, their) -> known.put(their, our));
    boolean again =
        known.containsKey(nearest) && distances.get(nearest) < Thresholds.LAYER_REPEATED;
    String name = own.front() + (again ? known.get(nearest) : own.number());
    FindingKind kind = again ? FindingKind.LAYER_REPEATED : FindingKind.LAYER_ADDED;
    findings.add(new Finding(kind, name, "", -1, -1, own.number(), true, 1));
  }

  private static Profile profile(TensorReader reader, TensorInfo tensor) throws IOException {
    return Profile.of(reader, new View(tensor, tensor, null, null, null, null));
  }

  /** Findings of that sort in words; empty if there are none. */
  static String words(List<Finding> findings) {
    Map<FindingKind, List<Finding>> kinds =
        findings.stream()
            .collect(Collectors.groupingBy(Finding::kind, TreeMap::new, Collectors.toList()));
    StringBuilder words = new StringBuilder();
    kinds.forEach(
        (kind, some) ->
            words
                .append("; ")
                .append(kind.plainWords())
                .append(": ")
                .append(
                    some.stream()
                        .limit(NAMED)
                        .map(
                            f ->
                                f.tensor()
                                    + (kind == FindingKind.LAYER_REMOVED
                                        ? ""
                                        : " as number " + (int) f.size()))
                        .collect(Collectors.joining(", ")))
                .append(some.size() > NAMED ? " and %d more".formatted(some.size() - NAMED) : ""));
    return words.toString();
  }
}
