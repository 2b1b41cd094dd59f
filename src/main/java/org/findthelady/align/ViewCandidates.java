package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * A tensor with the ways in which it may be seen: as it is, or folded with a normalisation near it.
 *
 * @param tensor as stored
 * @param ways at least one
 */
record ViewCandidates(TensorInfo tensor, List<Way> ways) {
  /** The usual way is left only for one that comes so many times nearer. */
  private static final double CLEARLY = 10;

  /**
   * One way.
   *
   * @param fold null for the tensor as it is
   * @param usual whether what is folded in is the next normalisation behind the tensor
   */
  record Way(NormFold fold, boolean usual, Profile profile) {}

  /** The best way of two tensors to be each other's permutation. */
  record Meeting(
      ViewCandidates ours,
      ViewCandidates theirs,
      Way our,
      Way their,
      int[] order,
      double distance) {
    /** The same two, seen in other ways. */
    Meeting seenAs(Way ourOther, Way theirOther) {
      return new Meeting(ours, theirs, ourOther, theirOther, order, distance);
    }
  }

  /** This tensor without the ways that fold what has been folded into another. */
  ViewCandidates without(Set<BatchNorm> taken) {
    return new ViewCandidates(
        tensor,
        ways.stream()
            .filter(way -> way.fold() == null || !taken.contains(way.fold().norm()))
            .toList());
  }

  Shape shape() {
    return tensor.shape();
  }

  /** A tensor as it is, or folded in one of the given ways. */
  static ViewCandidates of(
      AlignmentBuilder draft,
      Side side,
      Stored stored,
      TensorInfo tensor,
      Map<NormFold, Boolean> folds)
      throws IOException {
    List<Way> ways = new ArrayList<>();
    ways.add(
        new Way(null, false, draft.profile(side, stored.view(tensor, tensor.name(), null, null))));
    for (Map.Entry<NormFold, Boolean> near : folds.entrySet()) {
      View view = stored.view(tensor, tensor.name(), near.getKey(), null);
      ways.add(new Way(near.getKey(), near.getValue(), draft.profile(side, view)));
    }
    return new ViewCandidates(tensor, ways);
  }

  /**
   * How near this tensor comes to another seen in that order; infinitely far if it does not fit.
   */
  Meeting meet(ViewCandidates other, int[] order) {
    Meeting best = new Meeting(this, other, null, null, order, Double.POSITIVE_INFINITY);
    if (!Layouts.fits(shape(), other.shape(), order)) {
      return best;
    }
    Meeting usual = best;
    for (Way our : ways) {
      for (Way their : other.ways) {
        double distance = our.profile().distance(their.profile(), order);
        if (distance < best.distance()) {
          best = new Meeting(this, other, our, their, order, distance);
        }
        if ((our.usual() || their.usual()) && distance < usual.distance()) {
          usual = new Meeting(this, other, our, their, order, distance);
        }
      }
    }
    return usual.distance() <= CLEARLY * best.distance() ? usual : best;
  }
}
