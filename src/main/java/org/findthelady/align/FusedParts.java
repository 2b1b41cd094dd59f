package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Finds tensors of one side that hold several of the other end to end: queries, keys and values in
 * one, a gate beside what it gates. No name is needed: the parts are told by the sorted norms of
 * slices, which no permutation within a part changes.
 */
final class FusedParts {
  /** Distance up to which a stretch of a tensor is another tensor; noise of 0.3 makes 0.002. */
  private static final double NEAR = 0.01;

  /** Tensors left over on a side up to which they are looked for in each other. */
  private static final int MOST_LEFT = 512;

  private final AlignmentBuilder draft;
  private final Profiles profiles;
  private final Map<TensorInfo, View> ofReference;
  private final Map<TensorInfo, View> ofSuspect;

  /** Looks at what is left over of both sides. */
  FusedParts(AlignmentBuilder draft, Profiles profiles) throws IOException {
    this.draft = draft;
    this.profiles = profiles;
    List<TensorInfo> ours = split(draft.ours(), draft.reference());
    List<TensorInfo> theirs = split(draft.theirs(), draft.suspect());
    boolean few = ours.size() <= MOST_LEFT && theirs.size() <= MOST_LEFT;
    this.ofSuspect = few ? parts(theirs, ours, true) : Map.of();
    this.ofReference = few ? parts(ours, theirs, false) : Map.of();
  }

  /** The draft begun anew, every part a tensor of its own; null if there are no parts. */
  AlignmentBuilder draft() {
    return ofReference.isEmpty() && ofSuspect.isEmpty()
        ? null
        : draft.withParts(ofReference, ofSuspect);
  }

  private static List<TensorInfo> split(List<TensorInfo> left, Stored side) {
    return left.stream()
        .filter(t -> t.dtype().floating() && t.dtype().blockElements() == 1)
        .filter(t -> t.shape().rank() == 1 || t.shape().rank() == 2)
        .filter(t -> side.view(t).source().equals(t))
        .toList();
  }

  private Map<TensorInfo, View> parts(
      List<TensorInfo> whole, List<TensorInfo> single, boolean ofSuspect) throws IOException {
    Map<TensorInfo, View> all = new HashMap<>();
    List<TensorInfo> left = new ArrayList<>(single);
    for (TensorInfo tensor : whole) {
      for (int axis = 0; axis < tensor.shape().rank(); axis++) {
        List<TensorInfo> used = new ArrayList<>();
        List<View> parts = parts(tensor, axis, left, used, ofSuspect);
        if (parts.size() > 1) {
          parts.forEach(view -> all.put(view.shown(), view));
          left.removeAll(used);
          break;
        }
      }
    }
    return all;
  }

  /** The parts along an axis, from its beginning to its end; empty if one is not found. */
  private List<View> parts(
      TensorInfo tensor, int axis, List<TensorInfo> left, List<TensorInfo> used, boolean ofSuspect)
      throws IOException {
    List<View> parts = new ArrayList<>();
    long length = tensor.shape().length(axis);
    long from = 0;
    while (from < length) {
      TensorInfo nearest = null;
      double least = NEAR;
      Map<Long, Profile> stretches = new HashMap<>();
      for (TensorInfo other : left) {
        if (!used.contains(other) && fits(tensor.shape(), other.shape(), axis, length - from)) {
          long count = other.shape().length(axis);
          if (!stretches.containsKey(count)) {
            View part = part(tensor, axis, from, count);
            stretches.put(
                count,
                draft.profile(ofSuspect ? draft.suspectSide() : draft.referenceSide(), part));
          }
          double distance = profiles.of(other, !ofSuspect).distance(stretches.get(count));
          if (distance < least) {
            nearest = other;
            least = distance;
          }
        }
      }
      if (nearest == null) {
        return List.of();
      }
      used.add(nearest);
      parts.add(part(tensor, axis, from, nearest.shape().length(axis)));
      from += nearest.shape().length(axis);
    }
    return parts;
  }

  /** Whether a tensor is as another, but shorter along an axis. */
  private static boolean fits(Shape whole, Shape part, int axis, long most) {
    boolean fits =
        part.rank() == whole.rank()
            && part.length(axis) <= most
            && part.length(axis) < whole.length(axis)
            && part.elements() > 0;
    for (int other = 0; fits && other < whole.rank(); other++) {
      fits = other == axis || whole.length(other) == part.length(other);
    }
    return fits;
  }

  private static View part(TensorInfo tensor, int axis, long from, long count) {
    long[] lengths = tensor.shape().toArray();
    long[] strides = Unpacking.strides(tensor.shape());
    lengths[axis] = count;
    String name = "%s[%d:%d]".formatted(tensor.name(), from, from + count);
    return View.part(name, tensor, new BlockExcerpt(from * strides[axis], strides, lengths));
  }
}
