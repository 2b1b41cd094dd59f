package org.findthelady.align;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.core.TensorInfo;

/** Profiles of the tensors of both sides, each taken once, when it is first asked for. */
final class Profiles {
  private final AlignmentBuilder draft;
  private final Map<TensorInfo, Profile> ours = new HashMap<>();
  private final Map<TensorInfo, Profile> theirs = new HashMap<>();

  Profiles(AlignmentBuilder draft) {
    this.draft = draft;
  }

  /**
   * How far two tensors are from being each other's permutation in the order of axes that brings
   * them nearest; infinitely far if they do not fit.
   */
  double distance(TensorInfo our, TensorInfo their) throws IOException {
    int[] order = order(our, their);
    return order == null ? Double.POSITIVE_INFINITY : ours(our).distance(theirs(their), order);
  }

  /**
   * The order of axes that brings two tensors nearest: the unchanged one where that fits, unless
   * another is clearly nearer; null if none fits.
   */
  int[] order(TensorInfo our, TensorInfo their) throws IOException {
    int[] best = null;
    double nearest = Double.POSITIVE_INFINITY;
    for (int[] order : Layouts.orders(our.shape().rank())) {
      if (!Layouts.fits(our.shape(), their.shape(), order)) {
        continue;
      }
      double distance = ours(our).distance(theirs(their), order);
      if (best == null || distance < DeclaredRule.CLEARLY * nearest) {
        best = order;
        nearest = distance;
      }
    }
    return best == null ? null : Arrays.copyOf(best, best.length);
  }

  /** The profile of a whole tensor of either side. */
  Profile of(TensorInfo tensor, boolean ofSuspect) throws IOException {
    return ofSuspect ? theirs(tensor) : ours(tensor);
  }

  private Profile ours(TensorInfo tensor) throws IOException {
    Profile profile = ours.get(tensor);
    if (profile == null) {
      profile = draft.profile(draft.referenceSide(), draft.reference().view(tensor));
      ours.put(tensor, profile);
    }
    return profile;
  }

  private Profile theirs(TensorInfo tensor) throws IOException {
    Profile profile = theirs.get(tensor);
    if (profile == null) {
      profile = draft.profile(draft.suspectSide(), draft.suspect().view(tensor));
      theirs.put(tensor, profile);
    }
    return profile;
  }
}
