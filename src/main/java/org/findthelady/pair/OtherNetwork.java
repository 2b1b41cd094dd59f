package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.TrainingState;

/**
 * One of several networks in a suspect's file, judged on its own so that none is hidden by another
 * one: an average of the weights over training, which programs use instead of the weights where
 * there is one, or tensors under a name of their own that may be all of the reference.
 *
 * @param name what stands in front of its tensors' names
 * @param averaged whether it is an average of the weights beside it
 * @param checkpoint the suspect as if it held this network alone
 */
record OtherNetwork(String name, boolean averaged, Checkpoint checkpoint) {
  /** The averaged copies that a suspect has, if its reference has none. */
  static List<OtherNetwork> copies(Checkpoint reference, Checkpoint suspect) {
    if (!TrainingState.copies(reference.tensors()).isEmpty()) {
      return List.of();
    }
    List<OtherNetwork> copies = new ArrayList<>();
    TrainingState.copies(suspect.tensors())
        .forEach((name, copy) -> copies.add(new OtherNetwork(name, true, suspect.of(copy))));
    return copies;
  }

  /**
   * Several networks under names of their own that each have more than half of the reference's
   * weights by their shapes; empty if there are not several.
   */
  static List<OtherNetwork> beside(Checkpoint reference, Checkpoint suspect) {
    List<OtherNetwork> networks = new ArrayList<>();
    split("", suspect.tensors(), shapes(reference.tensors()))
        .forEach(
            (name, tensors) -> networks.add(new OtherNetwork(name, false, suspect.of(tensors))));
    return networks;
  }

  /** Parts of a network that are networks themselves; empty if there are not several. */
  private static Map<String, List<TensorInfo>> split(
      String prefix, List<TensorInfo> tensors, Map<Shape, Long> wanted) {
    Map<String, List<TensorInfo>> children = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      int end = tensor.name().indexOf('.', prefix.length());
      if (end > 0) {
        String child = tensor.name().substring(0, end + 1);
        children.computeIfAbsent(child, k -> new ArrayList<>()).add(tensor);
      }
    }
    children.values().removeIf(child -> !isNetwork(child, wanted));
    if (children.size() == 1) {
      Map.Entry<String, List<TensorInfo>> only = children.entrySet().iterator().next();
      return split(only.getKey(), only.getValue(), wanted);
    }
    Map<String, List<TensorInfo>> networks = new LinkedHashMap<>();
    children.forEach(
        (name, child) -> {
          Map<String, List<TensorInfo>> inner = split(name, child, wanted);
          networks.putAll(
              inner.isEmpty() ? Map.of(name.substring(0, name.length() - 1), child) : inner);
        });
    return networks;
  }

  /** How many weights there are of each shape. */
  private static Map<Shape, Long> shapes(List<TensorInfo> tensors) {
    Map<Shape, Long> shapes = new HashMap<>();
    tensors.stream()
        .filter(tensor -> tensor.shape().rank() > 1)
        .forEach(tensor -> shapes.merge(tensor.shape(), 1L, Long::sum));
    return shapes;
  }

  private static boolean isNetwork(List<TensorInfo> tensors, Map<Shape, Long> wanted) {
    Map<Shape, Long> found = shapes(tensors);
    double all = 0;
    double there = 0;
    for (Map.Entry<Shape, Long> shape : wanted.entrySet()) {
      double elements = shape.getKey().elements();
      all += elements * shape.getValue();
      there += elements * Math.min(shape.getValue(), found.getOrDefault(shape.getKey(), 0L));
    }
    return 2 * there > all;
  }

  /**
   * One judgement for this network and the rest of the file: that of the one that is more like the
   * reference, with what the other is. A suspect of which one network is the reference and the
   * other another one was changed. What is written is what the weights themselves allow.
   *
   * @param weights of the network beside this one
   * @param network this one
   */
  JudgedPair beside(JudgedPair weights, JudgedPair network) throws IOException {
    if (!network.outcome().audited() || !weights.outcome().audited()) {
      return weights.outcome().audited() ? network : weights;
    }
    boolean thisFirst =
        network.outcome().verdict().compareTo(weights.outcome().verdict()) < 0
            && !weights.outcome().verdict().isCopy();
    if (!averaged && !thisFirst) {
      return weights;
    }
    PairOutcome first = thisFirst ? network.outcome() : weights.outcome();
    PairOutcome second = thisFirst ? weights.outcome() : network.outcome();
    Judgement told =
        first
            .judgement()
            .told(words(thisFirst).formatted(name, second.verdict()) + ": " + why(second));
    boolean split =
        first.verdict().isCopy()
            && !second.verdict().isCopy()
            && first.verdict() != Verdict.DERIVED;
    PairOutcome both = first.judged(split ? new Judgement(Verdict.DERIVED, told.reason()) : told);
    if (!thisFirst) {
      return new JudgedPair(both, weights.context(), weights.staged(), weights.correction());
    }
    if (weights.staged() != null) {
      weights.staged().discard();
    }
    String what = averaged ? "an averaged copy" : "one of several networks";
    return JudgedPair.ended(
        both.noted("the re-synchronised model was not written: only " + what + " was matched"));
  }

  private String words(boolean first) {
    if (!averaged) {
      return "; this is one of several networks, '%s'; the file as a whole is %s";
    }
    return first
        ? "; this is its averaged copy '%s', which programs use; the weights beside it are %s"
        : "; its averaged copy '%s', which programs use, is %s";
  }

  private static String why(PairOutcome outcome) {
    return outcome.judgement().reason().split("; ", 2)[0];
  }
}
