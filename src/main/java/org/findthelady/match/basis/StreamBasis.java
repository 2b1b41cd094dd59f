package org.findthelady.match.basis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * The basis of a residual stream (method 3.14): an orthogonal matrix Q with suspect = reference Q
 * on every vector of the stream, found by orthogonal Procrustes on a tensor whose other axis is
 * anchored (embedding rows); the gains of the normalisations before it are folded into what reads
 * them on both sides first.
 */
final class StreamBasis {
  private static final int SMALLEST = 16;

  /** Streams up to this width: the decomposition takes the cube of it. */
  private static final int WIDEST = 512;

  private final Structure structure;
  private final MemoryWeights reference;
  private final MemoryWeights suspect;
  private final Group group;
  private final RealMatrix turn;
  private final double residual;

  private StreamBasis(
      Structure structure,
      MemoryWeights reference,
      MemoryWeights suspect,
      Group group,
      RealMatrix turn,
      double residual) {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
    this.group = group;
    this.turn = turn;
    this.residual = residual;
  }

  /** The stream whose anchored vectors fit best; null if none fits. */
  static StreamBasis find(Structure structure, MemoryWeights reference, MemoryWeights suspect) {
    StreamBasis best = null;
    for (String tensor : reference.names()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && axes.size() == 2; axis++) {
        Group group = whole(structure, axes.get(axis));
        boolean anchored = axes.get(1 - axis).isFrozen();
        if (group != null
            && anchored
            && axes.get(1 - axis).length() >= group.size()
            && isSeen(structure, reference, group)) {
          StreamBasis found = fit(structure, reference, suspect, group, tensor, 1 - axis);
          best = best == null || found.residual < best.residual ? found : best;
        }
      }
    }
    return best != null && best.residual < Thresholds.BASIS_EXPLAINS ? best : null;
  }

  /** The root group that is all of an axis, or null. */
  private static Group whole(Structure structure, Axis axis) {
    Set<String> names = axis.groups();
    if (names.size() != 1) {
      return null;
    }
    Group group = structure.group(names.iterator().next());
    boolean fits =
        group.parent().isEmpty()
            && axis.length() == group.size()
            && group.size() >= SMALLEST
            && group.size() <= WIDEST;
    return fits ? group : null;
  }

  /** Whether every tensor of the stream is seen as vectors of it. */
  private static boolean isSeen(Structure structure, MemoryWeights weights, Group group) {
    for (String tensor : weights.names()) {
      List<Axis> axes = structure.axes(tensor);
      int axesOfStream = 0;
      for (int axis = 0; axis < axes.size(); axis++) {
        if (axes.get(axis).groups().contains(group.name())) {
          axesOfStream++;
          boolean seen = StreamVectors.of(structure, weights, tensor, axis, group) != null;
          if (!seen || axesOfStream > 1) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static StreamBasis fit(
      Structure structure,
      MemoryWeights reference,
      MemoryWeights suspect,
      Group group,
      String tensor,
      int anchored) {
    int[] rows = IntStream.range(0, reference.shape(tensor).intLength(anchored)).toArray();
    RealMatrix ours = Slices.of(reference, tensor, anchored).matrix(rows);
    RealMatrix theirs = Slices.of(suspect, tensor, anchored).matrix(rows);
    RealMatrix product = ours.transpose().multiply(theirs);
    if (!Double.isFinite(product.getNorm())) {
      return new StreamBasis(structure, reference, suspect, group, null, Double.MAX_VALUE);
    }
    SingularValueDecomposition parts = new SingularValueDecomposition(product);
    RealMatrix turn = parts.getU().multiply(parts.getVT());
    double residual = residual(ours, turn, theirs);
    RealMatrix order = order(turn);
    double ordered = order == null ? Double.MAX_VALUE : residual(ours, order, theirs);
    return ordered <= Thresholds.PLAIN_FIT * residual
        ? new StreamBasis(structure, reference, suspect, group, order, ordered)
        : new StreamBasis(structure, reference, suspect, group, turn, residual);
  }

  private static double residual(RealMatrix ours, RealMatrix turn, RealMatrix theirs) {
    double gap = ours.multiply(turn).subtract(theirs).getFrobeniusNorm();
    return gap / Math.max(theirs.getFrobeniusNorm(), Double.MIN_NORMAL);
  }

  /** The order, with signs, that a turn is nearest to; null if it is near none. */
  private static RealMatrix order(RealMatrix turn) {
    int n = turn.getRowDimension();
    RealMatrix order = turn.createMatrix(n, n);
    boolean[] taken = new boolean[n];
    for (int i = 0; i < n; i++) {
      double[] row = turn.getRow(i);
      int largest = 0;
      for (int j = 1; j < n; j++) {
        largest = Math.abs(row[j]) > Math.abs(row[largest]) ? j : largest;
      }
      if (taken[largest]) {
        return null;
      }
      taken[largest] = true;
      order.setEntry(i, largest, Math.signum(row[largest]));
    }
    return order;
  }

  Group group() {
    return group;
  }

  /** Whether the stream is not merely shuffled. */
  boolean isTurned() {
    for (int i = 0; i < turn.getRowDimension(); i++) {
      double largest = Arrays.stream(turn.getRow(i)).map(Math::abs).max().orElse(0);
      if (largest < Thresholds.PLAIN_ORDER) {
        return true;
      }
    }
    return false;
  }

  /**
   * Folds gains on both sides, and brings the suspect into the reference's basis.
   *
   * @return whether the gains of both sides differ by more than the stream's order
   */
  boolean undo() {
    List<String> gains = gains();
    boolean folded = gains.stream().anyMatch(this::isFlattened);
    for (String tensor : List.copyOf(reference.names())) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && axes.size() > 1; axis++) {
        if (axes.get(axis).groups().contains(group.name())) {
          StreamVectors vectors = StreamVectors.of(structure, reference, tensor, axis, group);
          if (axis > 0) {
            fold(tensor, vectors, gains);
          }
          vectors.multiply(suspect.values(tensor), turn);
        }
      }
    }
    reference.drop(gains);
    suspect.drop(gains);
    return folded;
  }

  private List<String> gains() {
    List<String> gains = new ArrayList<>();
    for (String tensor : reference.names()) {
      List<Axis> axes = structure.axes(tensor);
      if (axes.size() == 1 && axes.get(0).groups().contains(group.name())) {
        gains.add(tensor);
      }
    }
    return gains;
  }

  /** Whether a gain is one number in the suspect, and is not in the reference. */
  private boolean isFlattened(String gain) {
    return isFlat(suspect.values(gain)) && !isFlat(reference.values(gain));
  }

  private static boolean isFlat(float[] values) {
    for (float value : values) {
      if (Math.abs(value - values[0]) > Thresholds.SMALLEST_SCALING * Math.abs(values[0])) {
        return false;
      }
    }
    return true;
  }

  /** Multiplies what reads the stream by the gain before it: the one that fits best, or none. */
  private void fold(String tensor, StreamVectors vectors, List<String> gains) {
    double best = likeness(tensor, vectors, null);
    String chosen = null;
    for (String gain : near(tensor, gains)) {
      double likeness = likeness(tensor, vectors, gain);
      if (likeness > best) {
        best = likeness;
        chosen = gain;
      }
    }
    if (chosen != null) {
      vectors.scale(reference.values(tensor), reference.values(chosen));
      vectors.scale(suspect.values(tensor), suspect.values(chosen));
    }
  }

  /** Gains whose names share the most with a tensor's. */
  private static List<String> near(String tensor, List<String> gains) {
    int most = gains.stream().mapToInt(gain -> shared(tensor, gain)).max().orElse(0);
    return gains.stream().filter(gain -> shared(tensor, gain) == most).toList();
  }

  private static int shared(String one, String other) {
    String[] a = one.split("\\.");
    String[] b = other.split("\\.");
    int shared = 0;
    while (shared < Math.min(a.length, b.length) && a[shared].equals(b[shared])) {
      shared++;
    }
    return shared;
  }

  /** Cosine of both sides' second moments over the stream: no order or basis of rows matters. */
  private double likeness(String tensor, StreamVectors vectors, String gain) {
    RealMatrix a =
        vectors.moments(reference.values(tensor), gain == null ? null : reference.values(gain));
    RealMatrix b =
        vectors.moments(suspect.values(tensor), gain == null ? null : suspect.values(gain));
    RealMatrix back = turn.multiply(b).multiply(turn.transpose());
    double dot = 0;
    for (int i = 0; i < a.getRowDimension(); i++) {
      for (int j = 0; j < a.getColumnDimension(); j++) {
        dot += a.getEntry(i, j) * back.getEntry(i, j);
      }
    }
    return dot / (a.getFrobeniusNorm() * back.getFrobeniusNorm());
  }
}
