package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.align.Alignment;
import org.findthelady.align.Counterpart;
import org.findthelady.align.PairingRule;
import org.findthelady.align.Profile;
import org.findthelady.align.View;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.match.kernel.Thresholds;

/**
 * Layers of a suspect that have the names and shapes of the reference's and stand in another order.
 * They are told apart by what no order of units changes: sorted norms along the axes of their
 * tensors.
 */
final class ReorderedLayers {
  private static final int MOST_LAYERS = 512;

  /** Larger pairs are not read once more for it. */
  private static final long MOST_BYTES = 1L << 30;

  /** One layer: its tensors by what stands behind its number. */
  private static final class Layer {
    private final Map<String, Counterpart> tensors = new TreeMap<>();
    private final Map<String, Profile> ours = new HashMap<>();
    private final Map<String, Profile> theirs = new HashMap<>();
    private Set<String> alone;

    /** Layers that can stand for each other have the same. */
    String shapes() {
      StringBuilder shapes = new StringBuilder();
      tensors.forEach((rest, c) -> shapes.append(rest).append(c.reference().shown().shape()));
      return shapes.toString();
    }

    boolean hasWeights() {
      return tensors.values().stream().anyMatch(Layer::isWeight);
    }

    private static boolean isWeight(Counterpart tensor) {
      return tensor.reference().shown().shape().rank() > 1;
    }

    double distance(Layer other) {
      return ours.entrySet().stream()
          .filter(our -> counts(our.getKey()))
          .mapToDouble(our -> our.getValue().distance(other.theirs.get(our.getKey())))
          .average()
          .orElse(0);
    }

    /**
     * Whether a tensor tells layers apart: not one of several that may stand for each other inside
     * the layer, as experts do, if there are weights beside them.
     */
    private boolean counts(String rest) {
      if (alone == null) {
        Map<String, List<String>> alike =
            tensors.keySet().stream()
                .collect(Collectors.groupingBy(name -> name.replaceAll("\\d+", "#")));
        alone = new HashSet<>();
        alike.values().stream().filter(names -> names.size() == 1).forEach(alone::addAll);
        if (alone.stream().noneMatch(name -> isWeight(tensors.get(name)))) {
          alone.addAll(tensors.keySet());
        }
      }
      return alone.contains(rest);
    }
  }

  private final Map<String, Counterpart> answers = new HashMap<>();

  private ReorderedLayers() {}

  /** The alignment with layers paired in the order that fits them; nothing if that is their own. */
  static Optional<Alignment> of(AlignedPair pair, Alignment alignment) throws IOException {
    boolean plain =
        alignment.counterparts().stream()
            .allMatch(c -> c.rule() == PairingRule.NAME && c.suspect().isStored());
    if (!plain || pair.bytes() > MOST_BYTES) {
      return Optional.empty();
    }
    ReorderedLayers layers = new ReorderedLayers();
    try (TensorReader ours = pair.referenceReader();
        TensorReader theirs = pair.suspectReader()) {
      for (List<Layer> stack : stacks(alignment)) {
        layers.look(stack, ours, theirs);
      }
    }
    return layers.answers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Alignment(
                alignment.counterparts().stream()
                    .map(c -> layers.answers.getOrDefault(c.name(), c))
                    .toList(),
                alignment.differences(),
                alignment.notes(),
                alignment.followers(),
                alignment.overlap()));
  }

  /** Layers that can stand for each other, the outermost stacks first. */
  private static List<List<Layer>> stacks(Alignment alignment) {
    Map<String, Map<Integer, Layer>> byFront = new TreeMap<>();
    for (Counterpart pair : alignment.counterparts()) {
      for (LayerPlace place : LayerPlace.of(pair.name())) {
        byFront
            .computeIfAbsent(place.front(), k -> new TreeMap<>())
            .computeIfAbsent(place.number(), k -> new Layer())
            .tensors
            .put(place.rest(), pair);
      }
    }
    List<List<Layer>> stacks = new ArrayList<>();
    for (Map<Integer, Layer> layers : byFront.values()) {
      Map<String, List<Layer>> alike = new LinkedHashMap<>();
      layers
          .values()
          .forEach(l -> alike.computeIfAbsent(l.shapes(), k -> new ArrayList<>()).add(l));
      alike.values().stream()
          .filter(s -> s.size() > 1 && s.size() <= MOST_LAYERS && s.get(0).hasWeights())
          .forEach(stacks::add);
    }
    return stacks;
  }

  private void look(List<Layer> stack, TensorReader ours, TensorReader theirs) throws IOException {
    boolean taken =
        stack.stream()
            .flatMap(layer -> layer.tensors.values().stream())
            .anyMatch(c -> answers.containsKey(c.name()));
    if (taken) {
      return; // an outer stack moved them
    }
    for (Layer layer : stack) {
      for (Map.Entry<String, Counterpart> tensor : layer.tensors.entrySet()) {
        View our = tensor.getValue().reference();
        View their = tensor.getValue().suspect();
        if (our.shown().dtype().decodable() && their.shown().dtype().decodable()) {
          layer.ours.put(tensor.getKey(), Profile.of(ours, our));
          layer.theirs.put(tensor.getKey(), Profile.of(theirs, their));
        }
      }
    }
    int n = stack.size();
    double[][] distances = new double[n][n];
    float[] likeness = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        distances[i][j] = stack.get(i).distance(stack.get(j));
        likeness[i * n + j] = (float) -distances[i][j];
      }
    }
    int[] order = LinearAssignment.greatest(likeness, n);
    double found = 0;
    double stays = 0;
    for (int i = 0; i < n; i++) {
      found += distances[i][order[i]];
      stays += distances[i][i];
    }
    if (found < Thresholds.LAYERS_MOVED * stays) {
      for (int i = 0; i < n; i++) {
        answer(stack.get(i), stack.get(order[i]));
      }
    }
  }

  private void answer(Layer our, Layer their) {
    our.tensors.forEach(
        (rest, own) -> {
          Counterpart other = their.tensors.get(rest);
          PairingRule rule = our == their ? own.rule() : PairingRule.LAYER;
          answers.put(
              own.name(),
              new Counterpart(own.reference(), other.suspect(), other.attached(), rule));
        });
  }
}
