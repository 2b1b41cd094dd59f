package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.core.TensorInfo;

/**
 * Tensors answer to each other if no permutation could tell them apart: lengths of axes, and sorted
 * norms along them. Where one side has batch normalisation and the other has none, kernels are
 * looked at folded with a normalisation that is stored near them.
 */
final class SignatureRule {
  /** Larger checkpoints are not read for their names' sake. */
  private static final long MOST_ELEMENTS = 1L << 28;

  /** Normalisations after a kernel that may be its own, and before it. */
  private static final int AFTER = 3;

  private static final int BEFORE = 2;

  private final Draft draft;
  private final List<BatchNorm> ourNorms;
  private final List<BatchNorm> theirNorms;
  private final Map<BatchNorm, TensorInfo> folded = new LinkedHashMap<>();

  SignatureRule(Draft draft, double epsilon) {
    this.draft = draft;
    List<BatchNorm> ours = norms(draft.ours(), epsilon);
    List<BatchNorm> theirs = norms(draft.theirs(), epsilon);
    boolean oneSide = ours.isEmpty() != theirs.isEmpty();
    this.ourNorms = oneSide ? ours : List.of();
    this.theirNorms = oneSide ? theirs : List.of();
  }

  private static List<BatchNorm> norms(List<TensorInfo> tensors, double epsilon) {
    return BatchNorms.of(tensors).stream().map(n -> n.withEpsilon(epsilon)).toList();
  }

  /** Whether the two sides differ in having batch normalisation. */
  boolean folds() {
    return !ourNorms.isEmpty() || !theirNorms.isEmpty();
  }

  /** Sum of distances of what is paired; less is better. */
  record Attempt(Alignment alignment, double cost) {}

  Attempt align() throws IOException {
    long elements =
        draft.reference().checkpoint().tensorBytes() + draft.suspect().checkpoint().tensorBytes();
    if (elements > MOST_ELEMENTS * Float.BYTES) {
      draft.differ("%d bytes are too many to look for like tensors in".formatted(elements));
      return new Attempt(draft.finish(), 0);
    }
    double cost = 0;
    Set<Integer> ranks = new TreeSet<>();
    kernels(draft.reference(), draft.ours()).forEach(t -> ranks.add(t.shape().rank()));
    for (int rank : ranks.stream().sorted((a, b) -> b - a).toList()) {
      cost += pairKernels(rank);
    }
    cost += pairVectors();
    return new Attempt(draft.finish(), cost);
  }

  private static List<TensorInfo> kernels(Stored side, List<TensorInfo> tensors) {
    return tensors.stream().filter(t -> side.isReal(t) && t.shape().rank() >= 2).toList();
  }

  private double pairKernels(int rank) throws IOException {
    List<Sighting> ours =
        sightings(draft.referenceSide(), draft.reference(), draft.ours(), ourNorms, rank);
    List<Sighting> theirs =
        sightings(draft.suspectSide(), draft.suspect(), draft.theirs(), theirNorms, rank);
    Pairings best = null;
    for (int[] order : Layouts.orders(rank)) {
      Pairings tried = Pairings.of(ours, theirs, order);
      if (tried != null && (best == null || tried.cost() < best.cost())) {
        best = tried;
      }
    }
    if (best == null) {
      draft.differ(
          "%d weights of rank %d in the reference, %d in the suspect, and their shapes differ"
              .formatted(ours.size(), rank, theirs.size()));
      return ours.size();
    }
    for (Sighting.Meeting meeting : best.clear()) {
      pair(meeting, Rule.SIGNATURE);
    }
    for (Sighting.Meeting meeting : best.byOrder()) {
      pair(meeting, Rule.ORDER);
    }
    return best.cost();
  }

  private List<Sighting> sightings(
      Side side, Stored stored, List<TensorInfo> tensors, List<BatchNorm> norms, int rank)
      throws IOException {
    List<Sighting> sightings = new ArrayList<>();
    for (TensorInfo kernel : kernels(stored, tensors)) {
      if (kernel.shape().rank() == rank && !isLeftOver(side, kernel)) {
        sightings.add(
            Sighting.of(draft, side, stored, kernel, near(kernel, stored.tensors(), norms)));
      }
    }
    return sightings;
  }

  /** A constant of the graph does not compete with weights. */
  private boolean isLeftOver(Side side, TensorInfo tensor) {
    return draft.isConstant(tensor, side);
  }

  /** The normalisations stored near a kernel, on every axis that they fit. */
  private List<Fold> near(TensorInfo kernel, List<TensorInfo> stored, List<BatchNorm> norms) {
    Map<String, Integer> places = new HashMap<>();
    stored.forEach(t -> places.put(t.name(), places.size()));
    int own = places.get(kernel.name());
    List<Fold> folds = new ArrayList<>();
    List<BatchNorm> before = new ArrayList<>();
    List<BatchNorm> after = new ArrayList<>();
    for (BatchNorm norm : norms) {
      boolean fits = false;
      for (int axis = 0; axis < kernel.shape().rank(); axis++) {
        fits |= kernel.shape().length(axis) == norm.length();
      }
      if (fits) {
        (places.get(norm.mean().name()) < own ? before : after).add(norm);
      }
    }
    List<BatchNorm> near =
        new ArrayList<>(before.subList(Math.max(0, before.size() - BEFORE), before.size()));
    near.addAll(after.subList(0, Math.min(AFTER, after.size())));
    for (BatchNorm norm : near) {
      for (int axis = 0; axis < kernel.shape().rank(); axis++) {
        if (kernel.shape().length(axis) == norm.length()) {
          folds.add(new Fold.Kernel(norm, axis));
        }
      }
    }
    return folds;
  }

  private void pair(Sighting.Meeting meeting, Rule rule) {
    TensorInfo our = meeting.ours().tensor();
    TensorInfo their = meeting.theirs().tensor();
    Fold ourFold = meeting.our().fold();
    Fold theirFold = meeting.their().fold();
    Map<TensorInfo, Integer> attached = new HashMap<>();
    if (theirFold instanceof Fold.Kernel kernel) {
      int shownAxis = 0;
      while (meeting.order()[shownAxis] != kernel.axis()) {
        shownAxis++;
      }
      for (TensorInfo term : kernel.norm().terms()) {
        if (!term.equals(kernel.norm().shift())) {
          attached.put(term, shownAxis);
        }
      }
      TensorInfo bias = bias(their, draft.suspect());
      if (bias != null) {
        attached.put(bias, shownAxis);
      }
      fold(kernel.norm(), their);
    }
    if (ourFold instanceof Fold.Kernel kernel) {
      kernel.norm().terms().stream()
          .filter(term -> !term.equals(kernel.norm().shift()))
          .forEach(draft::useOurs);
      TensorInfo bias = bias(our, draft.reference());
      if (bias != null) {
        draft.useOurs(bias);
      }
      fold(kernel.norm(), our);
    }
    draft.pair(
        draft.reference().seen(our, our.name(), ourFold, null),
        draft.suspect().seen(their, our.name(), theirFold, meeting.order()),
        attached,
        rule);
  }

  private void fold(BatchNorm norm, TensorInfo kernel) {
    TensorInfo other = folded.put(norm, kernel);
    if (other != null) {
      draft.differ(
          "batch normalisation '%s' fits both '%s' and '%s'"
              .formatted(norm.shift().name(), other.name(), kernel.name()));
    }
  }

  /** The bias of a kernel's own layer. */
  private static TensorInfo bias(TensorInfo kernel, Stored side) {
    String layer = BatchNorms.layer(kernel.name());
    return side.tensors().stream()
        .filter(t -> t.shape().rank() == 1 && BatchNorms.layer(t.name()).equals(layer))
        .filter(t -> t.name().substring(layer.length()).startsWith("bias"))
        .findFirst()
        .orElse(null);
  }

  private double pairVectors() throws IOException {
    List<Sighting> ours = vectors(draft.referenceSide(), draft.reference(), draft.ours(), ourNorms);
    List<Sighting> theirs =
        vectors(draft.suspectSide(), draft.suspect(), draft.theirs(), theirNorms);
    Pairings pairings = Pairings.of(ours, theirs, new int[] {0});
    if (pairings == null) {
      draft.differ(
          "%d biases in the reference, %d in the suspect, and their lengths differ"
              .formatted(ours.size(), theirs.size()));
      return ours.size();
    }
    for (Sighting.Meeting meeting : pairings.clear()) {
      pair(meeting, Rule.SIGNATURE);
    }
    for (Sighting.Meeting meeting : pairings.byOrder()) {
      pair(meeting, Rule.ORDER);
    }
    return pairings.cost();
  }

  private List<Sighting> vectors(
      Side side, Stored stored, List<TensorInfo> tensors, List<BatchNorm> norms)
      throws IOException {
    Map<TensorInfo, Fold> shifts = new HashMap<>();
    Set<TensorInfo> terms = new HashSet<>();
    for (BatchNorm norm : norms) {
      terms.addAll(norm.terms());
      TensorInfo kernel = folded.get(norm);
      if (kernel != null) {
        shifts.put(norm.shift(), new Fold.Bias(norm, bias(kernel, stored)));
      }
    }
    List<Sighting> sightings = new ArrayList<>();
    for (TensorInfo tensor : tensors) {
      Fold fold = shifts.get(tensor);
      boolean vector = stored.isReal(tensor) && tensor.shape().rank() == 1;
      if (vector && (fold != null || !terms.contains(tensor)) && !isLeftOver(side, tensor)) {
        View view = stored.view(tensor, tensor.name(), fold, null);
        sightings.add(
            new Sighting(tensor, List.of(new Sighting.Way(fold, draft.profile(side, view)))));
      }
    }
    return sightings;
  }
}
