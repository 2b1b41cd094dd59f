package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
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

  /** Tensors that are nearer than this are told by their numbers. */
  private static final double NEAR = 0.02;

  private final Draft draft;
  private final List<BatchNorm> ourNorms;
  private final List<BatchNorm> theirNorms;
  private final Map<BatchNorm, TensorInfo> folded = new LinkedHashMap<>();
  private final Map<Integer, Integer> outputs = new HashMap<>();

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
    double cost = pairNamed(ours, theirs);
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
    for (Sighting.Meeting meeting : best.meetings()) {
      if (meeting.distance() < NEAR) {
        pair(
            meeting
                .ours()
                .without(folded.keySet())
                .meet(meeting.theirs().without(folded.keySet()), meeting.order()),
            Rule.SIGNATURE);
        outputs(rank, meeting.our().fold());
        outputs(rank, meeting.their().fold());
      }
    }
    for (Sighting.Meeting meeting : stored(best.meetings())) {
      pair(meeting.seenAs(next(meeting.ours()), next(meeting.theirs())), Rule.ORDER);
    }
    return cost + best.cost();
  }

  /** Those that numbers do not tell, in the order of the reference. */
  private List<Sighting.Meeting> stored(List<Sighting.Meeting> meetings) {
    List<TensorInfo> order = draft.reference().tensors();
    return meetings.stream()
        .filter(meeting -> meeting.distance() >= NEAR)
        .sorted(Comparator.comparingInt(meeting -> order.indexOf(meeting.ours().tensor())))
        .toList();
  }

  private void outputs(int rank, Fold fold) {
    if (fold instanceof Fold.Kernel kernel) {
      outputs.put(rank, kernel.axis());
    }
  }

  /** Pairs what has the same name and shape; both are taken from the lists. */
  private double pairNamed(List<Sighting> ours, List<Sighting> theirs) {
    Map<String, Sighting> byName = new HashMap<>();
    theirs.forEach(their -> byName.put(their.tensor().name(), their));
    double cost = 0;
    for (Sighting our : List.copyOf(ours)) {
      Sighting their = byName.get(our.tensor().name());
      if (their != null && their.shape().equals(our.shape())) {
        int[] straight = Layouts.orders(our.shape().rank()).get(0);
        Sighting.Meeting meeting = our.meet(their, straight);
        pair(meeting, Rule.NAME);
        ours.remove(our);
        theirs.remove(their);
        cost += meeting.distance();
      }
    }
    return cost;
  }

  /**
   * How a kernel is seen that numbers do not tell: folded with the first normalisation behind it
   * that is free, along the axis of other kernels' outputs.
   */
  private Sighting.Way next(Sighting kernel) {
    int axis = outputs.getOrDefault(kernel.shape().rank(), 0);
    for (Sighting.Way way : kernel.ways()) {
      if (way.fold() instanceof Fold.Kernel fold
          && fold.axis() == axis
          && !folded.containsKey(fold.norm())) {
        return way;
      }
    }
    return kernel.ways().get(0);
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

  /**
   * The normalisations near a kernel, on every axis that they fit; true for the next one behind it.
   */
  private static Map<Fold, Boolean> near(
      TensorInfo kernel, List<TensorInfo> stored, List<BatchNorm> norms) {
    Map<String, Integer> places = new HashMap<>();
    stored.forEach(t -> places.put(t.name(), places.size()));
    int own = places.get(kernel.name());
    Map<Fold, Boolean> folds = new LinkedHashMap<>();
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
    List<BatchNorm> near = new ArrayList<>(after.subList(0, Math.min(AFTER, after.size())));
    near.addAll(before.subList(Math.max(0, before.size() - BEFORE), before.size()));
    for (BatchNorm norm : near) {
      for (int axis = 0; axis < kernel.shape().rank(); axis++) {
        if (kernel.shape().length(axis) == norm.length()) {
          folds.put(new Fold.Kernel(norm, axis), !after.isEmpty() && norm.equals(after.get(0)));
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
    double cost = pairNamed(ours, theirs);
    Pairings pairings = Pairings.of(ours, theirs, new int[] {0});
    if (pairings == null) {
      draft.differ(
          "%d biases in the reference, %d in the suspect, and their lengths differ"
              .formatted(ours.size(), theirs.size()));
      return ours.size();
    }
    for (Sighting.Meeting meeting : pairings.meetings()) {
      pair(meeting, meeting.distance() < NEAR ? Rule.SIGNATURE : Rule.ORDER);
    }
    return cost + pairings.cost();
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
            new Sighting(
                tensor, List.of(new Sighting.Way(fold, false, draft.profile(side, view)))));
      }
    }
    return sightings;
  }
}
