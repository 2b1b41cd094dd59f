package org.findthelady.align;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Pairs the tensors of two sides by how near they come to each other: those that are clearly each
 * other's nearest first, the rest of the same shape in the order of storage.
 *
 * @param clear pairs that the numbers alone make
 * @param byOrder pairs that the order makes
 */
record Pairings(List<Sighting.Meeting> clear, List<Sighting.Meeting> byOrder) {
  /** A pair is clear if its distance is less than this share of any other's. */
  private static final double CLEARLY = 0.5;

  /** Tensors further apart than this are paired by order alone. */
  private static final double FAR = 0.25;

  /**
   * Pairs all of one side with all of the other.
   *
   * @param order how the axes of theirs lie, for ours
   * @return null if the two sides do not hold the same shapes
   */
  static Pairings of(List<Sighting> ours, List<Sighting> theirs, int[] order) {
    List<Sighting> left = new ArrayList<>(ours);
    List<Sighting> right = new ArrayList<>(theirs);
    List<Sighting.Meeting> clear = new ArrayList<>();
    List<Sighting.Meeting> all = new ArrayList<>();
    for (Sighting our : ours) {
      for (Sighting their : theirs) {
        Sighting.Meeting meeting = our.meet(their, order);
        if (meeting.distance() < Double.POSITIVE_INFINITY) {
          all.add(meeting);
        }
      }
    }
    all.sort(Comparator.comparingDouble(Sighting.Meeting::distance));
    Set<Object> taken = new HashSet<>();
    for (int i = 0; i < all.size() && all.get(i).distance() < FAR; i++) {
      Sighting.Meeting meeting = all.get(i);
      if (!taken.contains(meeting.ours().tensor()) && !taken.contains(meeting.theirs())) {
        double next = next(all, i, taken);
        if (meeting.distance() < CLEARLY * next) {
          clear.add(meeting);
          taken.add(meeting.ours().tensor());
          taken.add(meeting.theirs());
          left.remove(meeting.ours());
          right.remove(meeting.theirs());
        }
      }
    }
    List<Sighting.Meeting> byOrder = new ArrayList<>();
    for (Sighting our : left) {
      Sighting their =
          right.stream()
              .filter(t -> Layouts.fits(our.shape(), t.shape(), order))
              .findFirst()
              .orElse(null);
      if (their == null) {
        return null;
      }
      right.remove(their);
      byOrder.add(our.meet(their, order));
    }
    return right.isEmpty() ? new Pairings(clear, byOrder) : null;
  }

  /** Distance of the nearest other pair of either tensor, both still free. */
  private static double next(List<Sighting.Meeting> all, int at, Set<Object> taken) {
    Sighting.Meeting meeting = all.get(at);
    for (int i = 0; i < all.size(); i++) {
      Sighting.Meeting other = all.get(i);
      boolean shares =
          other.ours().equals(meeting.ours()) != other.theirs().equals(meeting.theirs());
      if (i != at
          && shares
          && !taken.contains(other.ours().tensor())
          && !taken.contains(other.theirs())) {
        return other.distance();
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Sum of all distances: the less, the better the order of axes fits. */
  double cost() {
    return java.util.stream.Stream.concat(clear.stream(), byOrder.stream())
        .mapToDouble(Sighting.Meeting::distance)
        .sum();
  }
}
