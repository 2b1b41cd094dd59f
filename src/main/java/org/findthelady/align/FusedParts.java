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
  static final double NEAR = 0.01;

  /** Heads by which rows of several matrices may lie in turns. */
  private static final int[] RUNS = {
    2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 25, 28, 32, 36, 40, 48, 56, 64, 71, 72, 80, 96,
    112, 128
  };

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
        .filter(View::hasParts)
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
        Split best = split(new Fused(tensor, axis, 1, ofSuspect), left);
        for (int runs : axis == 0 ? RUNS : new int[0]) {
          Split split = split(new Fused(tensor, 0, runs, ofSuspect), left);
          best = split != null && (best == null || split.mean() < best.mean()) ? split : best;
        }
        if (best != null && best.parts().size() > 1) {
          best.parts().forEach(view -> all.put(view.shown(), view));
          left.removeAll(best.used());
          break;
        }
      }
    }
    return all;
  }

  /**
   * A tensor in parts.
   *
   * @param used what they answer to
   * @param distance of all together
   */
  private record Split(List<View> parts, List<TensorInfo> used, double distance) {
    double mean() {
      return distance / parts.size();
    }
  }

  /**
   * A tensor that may hold several.
   *
   * @param axis along which they lie
   * @param runs pieces that each is in, as many as there are heads: all first ones lie together
   */
  private record Fused(TensorInfo tensor, int axis, int runs, boolean ofSuspect) {
    boolean fits() {
      return tensor.shape().length(axis) % runs == 0 && tensor.shape().length(axis) > runs;
    }

    /** Length of one piece of all of them. */
    long step() {
      return tensor.shape().length(axis) / runs;
    }

    View part(long from, long count) {
      if (runs == 1) {
        return FusedParts.part(tensor, axis, from, count);
      }
      RowExcerpt rows =
          RowExcerpt.runs((int) from, (int) (count / runs), (int) step(), (int) count);
      return View.part(
          "%s[%d:%d in %d runs]".formatted(tensor.name(), from, from + count / runs, runs),
          tensor,
          rows);
    }
  }

  /** The parts along an axis, from its beginning to its end; null if one is not found. */
  private Split split(Fused fused, List<TensorInfo> left) throws IOException {
    List<View> parts = new ArrayList<>();
    List<TensorInfo> used = new ArrayList<>();
    double sum = 0;
    Shape shape = fused.tensor().shape();
    long from = 0;
    while (fused.fits() && from < fused.step()) {
      TensorInfo nearest = null;
      double least = NEAR;
      Map<Long, Profile> stretches = new HashMap<>();
      for (TensorInfo other : left) {
        long most = (fused.step() - from) * fused.runs();
        if (!used.contains(other)
            && fits(shape, other.shape(), fused.axis(), most)
            && other.shape().length(fused.axis()) % fused.runs() == 0) {
          long count = other.shape().length(fused.axis());
          if (!stretches.containsKey(count)) {
            stretches.put(count, draft.profile(side(fused.ofSuspect()), fused.part(from, count)));
          }
          double distance = profiles.of(other, !fused.ofSuspect()).distance(stretches.get(count));
          if (distance < least) {
            nearest = other;
            least = distance;
          }
        }
      }
      if (nearest == null) {
        return null;
      }
      used.add(nearest);
      sum += least;
      long count = nearest.shape().length(fused.axis());
      parts.add(fused.part(from, count));
      from += count / fused.runs();
    }
    return parts.isEmpty() ? null : new Split(parts, used, sum);
  }

  private Side side(boolean ofSuspect) {
    return ofSuspect ? draft.suspectSide() : draft.referenceSide();
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
