package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * A tensor with the ways in which it may be seen: as it is, or folded with a normalisation near it.
 *
 * @param tensor as stored
 * @param ways at least one
 */
record Sighting(TensorInfo tensor, List<Way> ways) {
  /**
   * One way.
   *
   * @param fold null for the tensor as it is
   */
  record Way(Fold fold, Profile profile) {}

  /** The best way of two tensors to be each other's permutation. */
  record Meeting(
      Sighting ours, Sighting theirs, Way our, Way their, int[] order, double distance) {}

  Shape shape() {
    return tensor.shape();
  }

  /** A tensor as it is, or folded in one of the given ways. */
  static Sighting of(Draft draft, Side side, Stored stored, TensorInfo tensor, List<Fold> folds)
      throws IOException {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way(null, draft.profile(side, stored.view(tensor, tensor.name(), null, null))));
    for (Fold fold : folds) {
      ways.add(new Way(fold, draft.profile(side, stored.view(tensor, tensor.name(), fold, null))));
    }
    return new Sighting(tensor, ways);
  }

  /**
   * How near this tensor comes to another seen in that order; infinitely far if it does not fit.
   */
  Meeting meet(Sighting other, int[] order) {
    Meeting best = new Meeting(this, other, null, null, order, Double.POSITIVE_INFINITY);
    if (!Layouts.fits(shape(), other.shape(), order)) {
      return best;
    }
    for (Way our : ways) {
      for (Way their : other.ways) {
        double distance = our.profile().distance(their.profile(), order);
        if (distance < best.distance()) {
          best = new Meeting(this, other, our, their, order, distance);
        }
      }
    }
    return best;
  }
}
