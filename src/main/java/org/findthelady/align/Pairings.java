package org.findthelady.align;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.TensorInfo;

/**
 * Pairs the tensors of two sides: in the order of storage where that is about as good as can be,
 * else each with the one that it comes nearest to.
 *
 * @param meetings one for every tensor of either side, nearest first
 */
record Pairings(List<ViewCandidates.Meeting> meetings) {
  /** The order of storage is kept if its distances are less than so many times the nearest's. */
  private static final double NO_BETTER = 3;

  /** Sums of distances below this are rounding. */
  private static final double ROUNDING = 1e-9;

  Pairings {
    meetings =
        meetings.stream()
            .sorted(Comparator.comparingDouble(ViewCandidates.Meeting::distance))
            .toList();
  }

  /**
   * Pairs all of one side with all of the other.
   *
   * @param order how the axes of theirs lie, for ours
   * @return null if the two sides do not hold the same shapes
   */
  static Pairings of(List<ViewCandidates> ours, List<ViewCandidates> theirs, int[] order) {
    Pairings stored = inOrder(ours, theirs, order);
    if (stored == null) {
      return null;
    }
    Pairings nearest = nearest(ours, theirs, order);
    return stored.cost() <= NO_BETTER * nearest.cost() + ROUNDING ? stored : nearest;
  }

  private static Pairings inOrder(
      List<ViewCandidates> ours, List<ViewCandidates> theirs, int[] order) {
    List<ViewCandidates> left = new ArrayList<>(theirs);
    List<ViewCandidates.Meeting> meetings = new ArrayList<>();
    for (ViewCandidates our : ours) {
      ViewCandidates their =
          left.stream()
              .filter(t -> Layouts.fits(our.shape(), t.shape(), order))
              .findFirst()
              .orElse(null);
      if (their == null) {
        return null;
      }
      left.remove(their);
      meetings.add(our.meet(their, order));
    }
    return left.isEmpty() ? new Pairings(meetings) : null;
  }

  private static Pairings nearest(
      List<ViewCandidates> ours, List<ViewCandidates> theirs, int[] order) {
    List<ViewCandidates.Meeting> all = new ArrayList<>();
    for (ViewCandidates our : ours) {
      for (ViewCandidates their : theirs) {
        ViewCandidates.Meeting meeting = our.meet(their, order);
        if (meeting.distance() < Double.POSITIVE_INFINITY) {
          all.add(meeting);
        }
      }
    }
    all.sort(Comparator.comparingDouble(ViewCandidates.Meeting::distance));
    Set<TensorInfo> here = new HashSet<>();
    Set<TensorInfo> there = new HashSet<>();
    List<ViewCandidates.Meeting> meetings = new ArrayList<>();
    for (ViewCandidates.Meeting meeting : all) {
      TensorInfo our = meeting.ours().tensor();
      TensorInfo their = meeting.theirs().tensor();
      if (!here.contains(our) && !there.contains(their)) {
        here.add(our);
        there.add(their);
        meetings.add(meeting);
      }
    }
    return new Pairings(meetings);
  }

  /** Sum of all distances: the less, the better the order of axes fits. */
  double cost() {
    return meetings.stream().mapToDouble(ViewCandidates.Meeting::distance).sum();
  }
}
