package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Bases inside attention heads (method 3.14): any invertible matrix between a head's values and
 * what reads them; with rotary positions a rotation and scale of each pair of query and key
 * dimensions. Heads are put in order by the spaces that their rows span, bases are found by least
 * squares.
 */
final class HeadBasis {
  private final Structure structure;
  private final MemoryWeights reference;
  private final MemoryWeights suspect;
  private final String parent;
  private HeadBlocks value;
  private HeadBlocks output;
  private HeadBlocks key;
  private HeadBlocks query;
  private int mixed;
  private int turned;

  private HeadBasis(
      Structure structure, MemoryWeights reference, MemoryWeights suspect, String parent) {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
    this.parent = parent;
  }

  /** The attention layers of a structure that are made as is known. */
  static List<HeadBasis> of(Structure structure, MemoryWeights reference, MemoryWeights suspect) {
    List<HeadBasis> found = new ArrayList<>();
    for (Group group : structure.groups()) {
      HeadBasis heads = new HeadBasis(structure, reference, suspect, group.name());
      if (group.parent().isEmpty() && heads.isAttention()) {
        found.add(heads);
      }
    }
    return found;
  }

  private boolean isAttention() {
    for (String tensor : reference.names()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size(); axis++) {
        if (axes.get(axis).groups().contains(parent) && !take(tensor, axes, axis)) {
          return false;
        }
      }
    }
    return value != null && output != null && key != null && query != null;
  }

  /**
   * Whether a tensor is one of the four matrices of rotary attention, and the first of its kind.
   */
  private boolean take(String tensor, List<Axis> axes, int axis) {
    HeadBlocks blocks = axes.size() == 2 ? HeadBlocks.of(structure, tensor, axis, parent) : null;
    if (blocks == null) {
      return false;
    }
    List<AxisFactor> factors = axes.get(axis).segments().get(0).factors();
    boolean fixed = factors.get(factors.size() - 1).isFixed();
    boolean first;
    if (axis == 1) {
      first = output == null && !fixed;
      output = blocks;
    } else if (!fixed) {
      first = value == null;
      value = blocks;
    } else if (factors.size() == 3) {
      first = query == null && isRotary(tensor);
      query = blocks;
    } else {
      first = key == null && isRotary(tensor);
      key = blocks;
    }
    return first;
  }

  private boolean isRotary(String tensor) {
    return structure.rotary().stream().anyMatch(digit -> digit.tensor().equals(tensor));
  }

  /** The groups whose order and basis this settles. */
  List<String> groups() {
    List<String> names = new ArrayList<>(List.of(parent));
    structure.groups().stream()
        .filter(group -> parent.equals(group.parentName()))
        .forEach(group -> names.add(group.name()));
    return names;
  }

  /** Heads whose values have another basis. */
  int mixed() {
    return mixed;
  }

  /** Heads whose queries and keys were turned or scaled. */
  int turned() {
    return turned;
  }

  /** Brings the suspect's heads into the reference's order and basis. */
  void undo() throws IOException {
    int[] sources =
        HeadBlocks.pairs(
            key.heads(), (i, j) -> overlap(key, i, 0, j, 0) + overlap(value, i, 0, j, 0));
    int[][] repeats = new int[key.heads()][];
    for (int head = 0; head < repeats.length; head++) {
      int ours = head;
      repeats[head] =
          HeadBlocks.pairs(query.repeats(), (i, j) -> overlap(query, ours, i, sources[ours], j));
    }
    for (HeadBlocks blocks : List.of(key, value, query, output)) {
      blocks.gather(suspect, sources, repeats);
    }
    for (int head = 0; head < key.heads(); head++) {
      unmix(head);
      turnBack(head);
    }
  }

  private double overlap(HeadBlocks blocks, int ours, int repeat, int theirs, int otherRepeat) {
    return HeadBlocks.overlap(
        blocks.block(reference, ours, repeat), blocks.block(suspect, theirs, otherRepeat));
  }

  /**
   * Undoes the basis of a head's values: the one that least squares give, or a mere order where
   * that explains about as much. Any few rows are nearer to others after least squares.
   */
  private void unmix(int head) throws IOException {
    RealMatrix ours = value.block(reference, head, 0);
    RealMatrix theirs = value.block(suspect, head, 0);
    try {
      RealMatrix squares = ours.multiply(ours.transpose());
      RealMatrix mix =
          theirs
              .multiply(ours.transpose())
              .multiply(new LUDecomposition(squares).getSolver().getInverse());
      RealMatrix order = order(mix);
      RealMatrix inverse = new LUDecomposition(mix).getSolver().getInverse();
      boolean mixed =
          gap(head, mix, inverse) < Thresholds.BASIS_GAIN * gap(head, order, order.transpose());
      undo(head, mixed ? mix : order, mixed ? inverse : order.transpose());
      this.mixed += mixed && !isOrder(mix) ? 1 : 0;
    } catch (SingularMatrixException e) {
      // A head whose rows are not independent has no one basis: it is left as it is.
      return;
    }
  }

  private void undo(int head, RealMatrix mix, RealMatrix inverse) {
    value.put(suspect, head, 0, inverse.multiply(value.block(suspect, head, 0)));
    for (int repeat = 0; repeat < output.repeats(); repeat++) {
      RealMatrix readers = output.block(suspect, head, repeat);
      output.put(suspect, head, repeat, mix.transpose().multiply(readers));
    }
  }

  /** Squared difference of a head's values and of what reads them once a basis is undone. */
  private double gap(int head, RealMatrix mix, RealMatrix inverse) {
    double gap = gap(value, head, 0, inverse);
    for (int repeat = 0; repeat < output.repeats(); repeat++) {
      gap += gap(output, head, repeat, mix.transpose());
    }
    return gap;
  }

  private double gap(HeadBlocks blocks, int head, int repeat, RealMatrix undone) {
    RealMatrix ours = blocks.block(reference, head, repeat);
    RealMatrix theirs = undone.multiply(blocks.block(suspect, head, repeat));
    double norm = ours.subtract(theirs).getFrobeniusNorm();
    return norm * norm;
  }

  /** The order of dimensions that is nearest to a basis. */
  private static RealMatrix order(RealMatrix mix) throws IOException {
    int[] sources = HeadBlocks.pairs(mix.getRowDimension(), (i, j) -> Math.abs(mix.getEntry(j, i)));
    RealMatrix order = MatrixUtils.createRealMatrix(sources.length, sources.length);
    for (int i = 0; i < sources.length; i++) {
      order.setEntry(sources[i], i, 1);
    }
    return order;
  }

  private static boolean isOrder(RealMatrix mix) {
    for (double[] row : mix.getData()) {
      double norm = MatrixUtils.createRealVector(row).getNorm();
      double largest = Arrays.stream(row).map(Math::abs).max().orElse(0);
      if (!(largest >= Thresholds.PLAIN_ORDER * norm)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Turns back each pair of key dimensions, and the queries the other way round; left as they are
   * where that explains little.
   */
  private void turnBack(int head) {
    RealMatrix keys = key.block(suspect, head, 0);
    List<RealMatrix> queries = new ArrayList<>();
    for (int repeat = 0; repeat < query.repeats(); repeat++) {
      queries.add(query.block(suspect, head, repeat));
    }
    double before = gap(head);
    int changed = 0;
    for (int pair = 0; pair < key.size() / 2; pair++) {
      changed += turnBack(head, pair) ? 1 : 0;
    }
    if (gap(head) < Thresholds.BASIS_GAIN * before) {
      turned += changed > 0 ? 1 : 0;
      return;
    }
    key.put(suspect, head, 0, keys);
    for (int repeat = 0; repeat < queries.size(); repeat++) {
      query.put(suspect, head, repeat, queries.get(repeat));
    }
  }

  /** Squared difference of a head's keys and queries. */
  private double gap(int head) {
    RealMatrix same = MatrixUtils.createRealIdentityMatrix(key.size());
    double gap = gap(key, head, 0, same);
    for (int repeat = 0; repeat < query.repeats(); repeat++) {
      gap += gap(query, head, repeat, same);
    }
    return gap;
  }

  /** Turns a pair back; returns whether it had another angle or size than noise makes. */
  private boolean turnBack(int head, int pair) {
    RealMatrix ours = key.block(reference, head, 0);
    RealMatrix theirs = key.block(suspect, head, 0);
    int half = key.size() / 2;
    double[] a = ours.getRow(pair);
    double[] b = ours.getRow(pair + half);
    double[] c = theirs.getRow(pair);
    double[] d = theirs.getRow(pair + half);
    double squares = 0;
    double others = 0;
    double along = 0;
    double across = 0;
    for (int i = 0; i < a.length; i++) {
      squares += a[i] * a[i] + b[i] * b[i];
      others += c[i] * c[i] + d[i] * d[i];
      along += c[i] * a[i] + d[i] * b[i];
      across += d[i] * a[i] - c[i] * b[i];
    }
    double re = along / squares;
    double im = across / squares;
    double size = re * re + im * im;
    if (!(size > 0 && Double.isFinite(size))) {
      return false;
    }
    rotate(key, head, 0, pair, re / size, -im / size);
    for (int repeat = 0; repeat < query.repeats(); repeat++) {
      rotate(query, head, repeat, pair, re, -im);
    }
    double noise =
        Thresholds.TURN_DEVIATIONS
            * Math.sqrt(Math.max(0, others / squares - size) / (2 * a.length));
    double least = 1 - Thresholds.PLAIN_ORDER;
    return re < 0
        || Math.abs(im) > least * Math.sqrt(size) + noise
        || Math.abs(Math.sqrt(size) - 1) > least + noise;
  }

  /** Multiplies a pair of the suspect's rows, taken as complex numbers. */
  private void rotate(HeadBlocks blocks, int head, int repeat, int pair, double re, double im) {
    Slices rows = Slices.of(suspect, blocks.tensor(), blocks.axis());
    int first = blocks.rows(head, repeat)[pair];
    int second = first + blocks.size() / 2;
    for (int i = 0; i < rows.width(); i++) {
      double x = rows.get(first, i);
      double y = rows.get(second, i);
      rows.set(first, i, re * x - im * y);
      rows.set(second, i, im * x + re * y);
    }
  }
}
