package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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

  /** Tensors that are nearer than this are told by their numbers. */
  private static final double NEAR = 0.02;

  private final AlignmentBuilder draft;
  private final NormFolds ours;
  private final NormFolds theirs;

  SignatureRule(AlignmentBuilder draft, double epsilon) {
    this.draft = draft;
    List<BatchNorm> our = norms(draft.ours(), epsilon);
    List<BatchNorm> their = norms(draft.theirs(), epsilon);
    boolean oneSide = our.isEmpty() != their.isEmpty();
    this.ours = new NormFolds(draft.reference().tensors(), oneSide ? our : List.of());
    this.theirs = new NormFolds(draft.suspect().tensors(), oneSide ? their : List.of());
  }

  private static List<BatchNorm> norms(List<TensorInfo> tensors, double epsilon) {
    return BatchNorms.of(tensors).stream().map(n -> n.withEpsilon(epsilon)).toList();
  }

  /** Whether the two sides differ in having batch normalisation. */
  boolean folds() {
    return !ours.isEmpty() || !theirs.isEmpty();
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
    List<ViewCandidates> left =
        sightings(draft.referenceSide(), draft.reference(), draft.ours(), ours, rank);
    List<ViewCandidates> right =
        sightings(draft.suspectSide(), draft.suspect(), draft.theirs(), theirs, rank);
    double cost = pairNamed(left, right);
    Pairings best = null;
    for (int[] order : Layouts.orders(rank)) {
      Pairings tried = Pairings.of(left, right, order);
      if (tried != null && (best == null || tried.cost() < best.cost())) {
        best = tried;
      }
    }
    if (best == null) {
      draft.differ(
          "%d weights of rank %d in the reference, %d in the suspect, and their shapes differ"
              .formatted(left.size(), rank, right.size()));
      return left.size();
    }
    for (ViewCandidates.Meeting meeting : best.meetings()) {
      if (meeting.distance() < NEAR) {
        ViewCandidates our = meeting.ours().without(ours.taken());
        ViewCandidates their = meeting.theirs().without(theirs.taken());
        pair(our.meet(their, meeting.order()), PairingRule.SIGNATURE);
      }
    }
    for (ViewCandidates.Meeting meeting : stored(best.meetings())) {
      pair(
          meeting.seenAs(ours.next(meeting.ours()), theirs.next(meeting.theirs())),
          PairingRule.ORDER);
    }
    return cost + best.cost();
  }

  /** Those that numbers do not tell, in the order of the reference. */
  private List<ViewCandidates.Meeting> stored(List<ViewCandidates.Meeting> meetings) {
    List<TensorInfo> order = draft.reference().tensors();
    return meetings.stream()
        .filter(meeting -> meeting.distance() >= NEAR)
        .sorted(Comparator.comparingInt(meeting -> order.indexOf(meeting.ours().tensor())))
        .toList();
  }

  /** Pairs what has the same name and shape; both are taken from the lists. */
  private double pairNamed(List<ViewCandidates> ours, List<ViewCandidates> theirs) {
    Map<String, ViewCandidates> byName = new HashMap<>();
    theirs.forEach(their -> byName.put(their.tensor().name(), their));
    double cost = 0;
    for (ViewCandidates our : List.copyOf(ours)) {
      ViewCandidates their = byName.get(our.tensor().name());
      if (their != null && their.shape().equals(our.shape())) {
        int[] straight = Layouts.orders(our.shape().rank()).get(0);
        ViewCandidates.Meeting meeting = our.meet(their, straight);
        pair(meeting, PairingRule.NAME);
        ours.remove(our);
        theirs.remove(their);
        cost += meeting.distance();
      }
    }
    return cost;
  }

  private List<ViewCandidates> sightings(
      Side side, Stored stored, List<TensorInfo> tensors, NormFolds foldings, int rank)
      throws IOException {
    List<ViewCandidates> sightings = new ArrayList<>();
    for (TensorInfo kernel : kernels(stored, tensors)) {
      if (kernel.shape().rank() == rank && !isLeftOver(side, kernel)) {
        sightings.add(ViewCandidates.of(draft, side, stored, kernel, foldings.near(kernel)));
      }
    }
    return sightings;
  }

  /** A constant of the graph does not compete with weights. */
  private boolean isLeftOver(Side side, TensorInfo tensor) {
    return draft.isConstant(tensor, side);
  }

  private void pair(ViewCandidates.Meeting meeting, PairingRule rule) {
    TensorInfo our = meeting.ours().tensor();
    TensorInfo their = meeting.theirs().tensor();
    NormFold ourFold = meeting.our().fold();
    NormFold theirFold = meeting.their().fold();
    ours.fold(ourFold, our).ifPresent(draft::differ);
    ours.around(ourFold, our).forEach(draft::useOurs);
    theirs.fold(theirFold, their).ifPresent(draft::differ);
    Map<TensorInfo, Integer> attached = new HashMap<>();
    for (TensorInfo term : theirs.around(theirFold, their)) {
      int axis = 0;
      while (meeting.order()[axis] != ((NormFold.Kernel) theirFold).axis()) {
        axis++;
      }
      attached.put(term, axis);
    }
    draft.pair(
        draft.reference().seen(our, our.name(), ourFold, null),
        draft.suspect().seen(their, our.name(), theirFold, meeting.order()),
        attached,
        rule);
  }

  private double pairVectors() throws IOException {
    List<ViewCandidates> left =
        vectors(draft.referenceSide(), draft.reference(), draft.ours(), ours);
    List<ViewCandidates> right =
        vectors(draft.suspectSide(), draft.suspect(), draft.theirs(), theirs);
    double cost = pairNamed(left, right);
    Pairings pairings = Pairings.of(left, right, new int[] {0});
    if (pairings == null) {
      draft.differ(
          "%d biases in the reference, %d in the suspect, and their lengths differ"
              .formatted(left.size(), right.size()));
      return left.size();
    }
    for (ViewCandidates.Meeting meeting : pairings.meetings()) {
      pair(meeting, meeting.distance() < NEAR ? PairingRule.SIGNATURE : PairingRule.ORDER);
    }
    return cost + pairings.cost();
  }

  private List<ViewCandidates> vectors(
      Side side, Stored stored, List<TensorInfo> tensors, NormFolds foldings) throws IOException {
    List<ViewCandidates> sightings = new ArrayList<>();
    for (TensorInfo tensor : tensors) {
      NormFold fold = foldings.bias(tensor);
      boolean vector = stored.isReal(tensor) && tensor.shape().rank() == 1;
      if (vector && (fold != null || !foldings.isTerm(tensor)) && !isLeftOver(side, tensor)) {
        View view = stored.view(tensor, tensor.name(), fold, null);
        sightings.add(
            new ViewCandidates(
                tensor, List.of(new ViewCandidates.Way(fold, false, draft.profile(side, view)))));
      }
    }
    return sightings;
  }
}
