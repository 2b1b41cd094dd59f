package org.findthelady.match.basis;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * The basis of a residual stream (method 3.14): an orthogonal matrix Q with suspect = reference Q
 * on every vector of the stream, found by orthogonal Procrustes on a tensor whose other axis is
 * anchored (embedding rows); the gains of the normalisations before it are folded into what reads
 * them on both sides first, and their offsets into the biases behind that.
 */
final class StreamBasis {
  private static final int SMALLEST = 16;

  /** Streams up to this width: the polar factor takes the cube of it. */
  private static final int WIDEST = 8192;

  /** Anchored vectors that are read, in widths of the stream. */
  private static final int WIDTHS = 4;

  /** Parts of names that a layer's tensors share at least: its list and its number. */
  private static final int LAYER = 2;

  private final Structure structure;
  private final Group group;
  private final int[] order;
  private final float[] matrix;
  private final double residual;
  private final Map<String, float[]> ourGains = new LinkedHashMap<>();
  private final Map<String, float[]> theirGains = new LinkedHashMap<>();
  private final NormOffsets offsets = new NormOffsets();
  private final Set<String> read = new HashSet<>();

  private StreamBasis(
      Structure structure, Group group, int[] order, float[] matrix, double residual) {
    this.structure = structure;
    this.group = group;
    this.order = order;
    this.matrix = matrix;
    this.residual = residual;
  }

  /**
   * A stream that no basis is looked for in, in the order that was found for it. Its gains count
   * where they are one number in the suspect alone.
   */
  static StreamBasis inOrder(
      Structure structure, Group group, GroupPermutations found, Weights reference, Weights suspect)
      throws IOException {
    int[] order = found.unitSources(structure, group);
    StreamBasis stream = new StreamBasis(structure, group, order, null, 0);
    stream.readGains(reference, suspect);
    stream.ourGains.keySet().removeIf(gain -> !stream.isFolded(gain));
    stream.theirGains.keySet().retainAll(stream.ourGains.keySet());
    for (String gain : stream.ourGains.keySet()) {
      stream.offsets.read(structure, group, gain, reference, suspect);
    }
    return stream;
  }

  /** The stream whose anchored vectors fit best; null if none fits. */
  static StreamBasis find(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    StreamBasis best = null;
    for (String tensor : structure.axes().keySet()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && axes.size() == 2; axis++) {
        Group group = whole(structure, axes.get(axis));
        boolean anchored = axes.get(1 - axis).isFrozen();
        if (group != null
            && anchored
            && axes.get(1 - axis).length() >= group.size()
            && reference.has(tensor)
            && suspect.has(tensor)
            && isSeen(structure, reference, group)) {
          StreamBasis found = fit(structure, reference, suspect, group, tensor, axis);
          best = found == null || (best != null && best.residual < found.residual) ? best : found;
        }
      }
    }
    if (best == null || best.residual >= Thresholds.BASIS_EXPLAINS) {
      return null;
    }
    best.readGains(reference, suspect);
    return best;
  }

  /** Whether the coordinates of a few anchored vectors do not pair, as shuffled ones do. */
  static boolean mayBeTurned(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    for (String tensor : structure.axes().keySet()) {
      List<Axis> axes = structure.axes(tensor);
      if (axes.size() == 2
          && axes.get(0).isFrozen()
          && whole(structure, axes.get(1)) != null
          && reference.has(tensor)
          && suspect.has(tensor)) {
        AnchoredVectors ours = AnchoredVectors.few(reference, tensor);
        return ours.pairing(AnchoredVectors.few(suspect, tensor)) < Thresholds.COORDINATES_PAIR;
      }
    }
    return false;
  }

  /** Whether a turn leaves less of anchored vectors than noise as large as they are. */
  boolean explainsMost() {
    return residual < Thresholds.TURN_EXPLAINS;
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
  static boolean isSeen(Structure structure, Weights weights, Group group) {
    for (String tensor : structure.axes().keySet()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && weights.has(tensor); axis++) {
        boolean carries = axes.get(axis).groups().contains(group.name());
        if (carries
            && StreamVectors.of(structure, weights.shape(tensor), tensor, axis, group) == null) {
          return false;
        }
      }
    }
    return true;
  }

  private static StreamBasis fit(
      Structure structure, Weights reference, Weights suspect, Group group, String tensor, int axis)
      throws IOException {
    AnchoredVectors ours = AnchoredVectors.of(reference, tensor, axis, WIDTHS);
    AnchoredVectors theirs = AnchoredVectors.of(suspect, tensor, axis, WIDTHS);
    if (!(ours.likeness(theirs) > Thresholds.SAME_ANGLES)) {
      return null;
    }
    double[] turn = Polar.factor(ours.across(theirs), group.size());
    double residual = ours.residual(turn, theirs);
    if (!Double.isFinite(residual)) {
      return null;
    }
    int[] order = plainOrder(turn, group.size());
    double inOrder = order == null ? Double.MAX_VALUE : ours.residual(order, theirs);
    if (residual * residual < Thresholds.BASIS_GAIN * inOrder * inOrder) {
      order = null;
    }
    float[] matrix = new float[turn.length];
    for (int i = 0; i < turn.length; i++) {
      matrix[i] = (float) turn[i];
    }
    boolean turned = order == null;
    return new StreamBasis(structure, group, order, matrix, turned ? residual : inOrder);
  }

  private void readGains(Weights reference, Weights suspect) throws IOException {
    for (String tensor : structure.axes().keySet()) {
      List<Axis> axes = structure.axes(tensor);
      boolean gain = axes.size() == 1 && axes.get(0).groups().contains(group.name());
      if (gain && reference.has(tensor) && suspect.has(tensor)) {
        ourGains.put(tensor, reference.readWhole(tensor));
        theirGains.put(tensor, suspect.readWhole(tensor));
      }
    }
  }

  Group group() {
    return group;
  }

  /** The order of coordinates that is nearest to a turn, or null where it is near to none. */
  private static int[] plainOrder(double[] turn, int width) {
    int[] sources = new int[width];
    BitSet taken = new BitSet();
    for (int i = 0; i < width; i++) {
      int from = i * width;
      for (int j = 1; j < width; j++) {
        sources[i] = turn[from + j] > turn[from + sources[i]] ? j : sources[i];
      }
      if (taken.get(sources[i])) {
        return null;
      }
      taken.set(sources[i]);
    }
    return sources;
  }

  /** Whether the stream is not merely shuffled. */
  boolean isTurned() {
    return order == null;
  }

  /** Whether gains of the reference are one number in the suspect. */
  boolean isFolded() {
    return ourGains.keySet().stream().anyMatch(this::isFolded);
  }

  private boolean isFolded(String gain) {
    float[] theirs = theirGains.get(gain);
    return theirs[0] != 0 && isFlat(theirs) && !isFlat(ourGains.get(gain));
  }

  /** Gains and offsets of layers that were left out though nothing was found that reads them. */
  Set<String> unread() {
    Set<String> unread = ofNothing();
    unread.removeIf(term -> structure.axes().keySet().stream().noneMatch(t -> isBeside(t, term)));
    return unread;
  }

  private Set<String> ofNothing() {
    Set<String> unread = new LinkedHashSet<>(ourGains.keySet());
    unread.addAll(offsets.names());
    unread.removeAll(read);
    return unread;
  }

  /** Gains and offsets of the suspect that are folded into nothing, in the reference's order. */
  MemoryWeights kept(Weights reference) {
    MemoryWeights kept = new MemoryWeights();
    for (String term : isTurned() ? Set.<String>of() : ofNothing()) {
      kept.put(term, reference.shape(term), theirs(term));
    }
    return kept;
  }

  /** Whether a matrix is of the layer of a gain. What reads the last one may be a tied table. */
  private boolean isBeside(String tensor, String term) {
    return structure.axes(tensor).size() > 1 && shared(tensor, term) >= LAYER;
  }

  /** A gain or an offset of the reference. */
  float[] ours(String term) {
    return ourGains.containsKey(term) ? ourGains.get(term) : offsets.ours(term);
  }

  /** A gain or an offset of the suspect, in the reference's order if there is one. */
  float[] theirs(String term) {
    float[] theirs =
        (theirGains.containsKey(term) ? theirGains.get(term) : offsets.theirs(term)).clone();
    if (!isTurned()) {
      turn(new StreamVectors(1, group.size(), 1), theirs);
    }
    return theirs;
  }

  private static boolean isFlat(float[] values) {
    for (float value : values) {
      if (Math.abs(value - values[0]) > Thresholds.SMALLEST_SCALING * Math.abs(values[0])) {
        return false;
      }
    }
    return true;
  }

  /**
   * Brings tensors of the suspect into the reference's basis, and folds gains into what reads them
   * on both sides, unless the stream was merely shuffled.
   */
  void undo(MemoryWeights reference, MemoryWeights suspect) {
    boolean folds = isTurned() || isFolded();
    Set<String> dropped = folds ? new HashSet<>(ourGains.keySet()) : new HashSet<>();
    dropped.addAll(offsets.names());
    for (String tensor : List.copyOf(reference.names())) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size() && !dropped.contains(tensor); axis++) {
        if (axes.get(axis).groups().contains(group.name())) {
          StreamVectors vectors =
              StreamVectors.of(structure, reference.shape(tensor), tensor, axis, group);
          boolean reads = axis > 0 || (axes.size() > 1 && structure.rotary().isEmpty());
          if (folds && reads) {
            undoReader(tensor, axis, vectors, reference, suspect);
          } else {
            turn(vectors, suspect.values(tensor));
          }
        }
      }
    }
    reference.drop(dropped);
    suspect.drop(dropped);
  }

  private void undoReader(
      String tensor,
      int axis,
      StreamVectors vectors,
      MemoryWeights reference,
      MemoryWeights suspect) {
    boolean adds = !offsets.names().isEmpty();
    float[] ours = adds ? reference.values(tensor).clone() : null;
    float[] theirs = adds ? suspect.values(tensor).clone() : null;
    String gain = turnAndFold(tensor, vectors, reference.values(tensor), suspect.values(tensor));
    String offset = gain == null ? null : offsets.of(gain);
    String bias = offset == null ? null : NormOffsets.bias(structure, reference, tensor, axis);
    if (gain != null) {
      read.add(gain);
    }
    if (bias != null) {
      read.add(offset);
      vectors.addProducts(ours, offsets.ours(offset), reference.values(bias));
      vectors.addProducts(theirs, offsets.theirs(offset), suspect.values(bias));
    }
  }

  /**
   * Brings a table of the suspect into the reference's basis, with the gain that fits best folded
   * into the reference's: what is left between them, relative to the reference's.
   *
   * @param name of the suspect's
   * @param tensor of the reference, whose second axis carries the stream
   * @param ours changed
   * @param theirs changed
   */
  double undoTable(String name, String tensor, Shape shape, float[] ours, float[] theirs) {
    StreamVectors vectors = StreamVectors.of(structure, shape, tensor, 1, group);
    if (isTurned() || isFolded()) {
      turnAndFold(name, vectors, ours, theirs);
    } else {
      turn(vectors, theirs);
    }
    double gap = 0;
    double squares = 0;
    for (int i = 0; i < ours.length; i++) {
      gap += ((double) ours[i] - theirs[i]) * ((double) ours[i] - theirs[i]);
      squares += (double) ours[i] * ours[i];
    }
    return Math.sqrt(gap / squares);
  }

  private void turn(StreamVectors vectors, float[] values) {
    if (isTurned()) {
      vectors.multiply(values, matrix);
    } else {
      vectors.gather(values, order);
    }
  }

  /**
   * Multiplies what reads the stream by the gain before it: the one that fits best, or none.
   *
   * @return that one's name, or null
   */
  private String turnAndFold(String tensor, StreamVectors vectors, float[] ours, float[] theirs) {
    String chosen = null;
    float[] plain = theirs.clone();
    turn(vectors, plain);
    float[] turned = plain;
    double[] here = vectors.logSquares(ours);
    double[] ofPlain = vectors.logSquares(plain);
    double least = spread(here, null, ofPlain);
    for (String gain : near(tensor)) {
      float[] scaled = plain;
      double[] there = ofPlain;
      if (!isFlat(theirGains.get(gain))) {
        scaled = theirs.clone();
        vectors.scale(scaled, theirGains.get(gain));
        turn(vectors, scaled);
        there = vectors.logSquares(scaled);
      }
      double spread = spread(here, ourGains.get(gain), there);
      if (spread < least) {
        least = spread;
        chosen = gain;
        turned = scaled;
      }
    }
    if (chosen != null) {
      vectors.scale(ours, ourGains.get(chosen));
    }
    System.arraycopy(turned, 0, theirs, 0, theirs.length);
    return chosen;
  }

  /** The gains whose names share the most with a tensor's. */
  private List<String> near(String tensor) {
    int most = ourGains.keySet().stream().mapToInt(gain -> shared(tensor, gain)).max().orElse(0);
    return ourGains.keySet().stream().filter(gain -> shared(tensor, gain) == most).toList();
  }

  /** Parts of two names that are the same from the left on. */
  static int shared(String one, String other) {
    String[] a = one.split("\\.");
    String[] b = other.split("\\.");
    int shared = 0;
    while (shared < Math.min(a.length, b.length) && a[shared].equals(b[shared])) {
      shared++;
    }
    return shared;
  }

  /** Variance of what coordinates differ by once a gain is taken into account. */
  private static double spread(double[] ours, float[] gains, double[] theirs) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < ours.length; i++) {
      double gain = gains == null ? 1 : Math.max((double) gains[i] * gains[i], Double.MIN_NORMAL);
      double gap = ours[i] + Math.log(gain) - theirs[i];
      sum += gap;
      squares += gap * gap;
    }
    return squares / ours.length - sum / ours.length * (sum / ours.length);
  }
}
