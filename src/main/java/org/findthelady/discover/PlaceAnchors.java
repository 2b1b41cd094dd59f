package org.findthelady.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.Shape;
import org.findthelady.core.SliceSums;
import org.findthelady.match.kernel.Thresholds;

/**
 * Axes that stay in place, told by the norms of their slices: these do not change when other axes
 * are permuted, and correlate in place only if the axis was left as it is (method 3.13).
 */
final class PlaceAnchors {

  /** Numbers that are read at once. */
  private static final int CHUNK = 1 << 16;

  /** Share of all numbers that is read before the search begins. */
  private static final double FIRST_SHARE = 0.1;

  private final PairedTensors tensors;
  private final AxisTable table;
  private final Set<String> seen = new HashSet<>();

  PlaceAnchors(PairedTensors tensors, AxisTable table) {
    this.tensors = tensors;
    this.table = table;
  }

  /**
   * Settles axes of tensors from which the search can begin: of the small ones, and of those with
   * the longest axes, until about a part of all numbers was read and something was found.
   */
  void begin() throws IOException {
    List<String> large = new ArrayList<>();
    long all = 0;
    for (String tensor : tensors.names()) {
      long elements = tensors.shape(tensor).elements();
      all += elements;
      if (elements <= PairedTensors.SMALL) {
        settle(tensor);
      } else {
        large.add(tensor);
      }
    }
    large.sort(Comparator.comparingInt(tensor -> -longest(tensors.shape(tensor))));
    long read = 0;
    for (String tensor : large) {
      if (read > all * FIRST_SHARE && !table.known().isEmpty()) {
        break;
      }
      settle(tensor);
      read += tensors.shape(tensor).elements();
    }
  }

  /** Settles axes of the other tensors of which something is not known yet. */
  void settleRest() throws IOException {
    for (String tensor : tensors.names()) {
      settle(tensor);
    }
  }

  private static int longest(Shape shape) {
    int longest = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      longest = Math.max(longest, shape.intLength(axis));
    }
    return longest;
  }

  /** Settles every axis of a tensor whose norms correlate in place. Reads it once. */
  private void settle(String tensor) throws IOException {
    List<TensorAxis> unknown = table.unknown(tensor);
    if (unknown.isEmpty() || !seen.add(tensor)) {
      return;
    }
    double[][][] norms = new double[2][][];
    Both.run(
        tensors.shape(tensor).elements(),
        () -> norms[0] = norms(false, tensor),
        () -> norms[1] = norms(true, tensor));
    for (TensorAxis axis : unknown) {
      float[] a = logarithms(norms[0][axis.axis()]);
      float[] b = logarithms(norms[1][axis.axis()]);
      double deviations = InPlaceTest.transformed(a, b, Thresholds.ANCHOR_DEVIATIONS);
      if (deviations > Thresholds.ANCHOR_DEVIATIONS) {
        table.settle(
            axis,
            OrderLayout.inPlace(a.length),
            Chance.ofDeviations(deviations),
            "norms of slices agree in place");
      }
    }
  }

  static int[] inPlace(int length) {
    int[] places = new int[length];
    for (int i = 0; i < length; i++) {
      places[i] = i;
    }
    return places;
  }

  private static float[] logarithms(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) Math.log(values[i] + Float.MIN_NORMAL);
    }
    return floats;
  }

  /** Sums of squares of every slice along every axis. */
  double[][] norms(boolean ofSuspect, String tensor) throws IOException {
    Shape shape = tensors.shape(tensor);
    SliceSums sums = new SliceSums(shape, true);
    float[] chunk = new float[(int) Math.min(CHUNK, shape.elements())];
    for (long first = 0; first < shape.elements(); first += chunk.length) {
      int count = (int) Math.min(chunk.length, shape.elements() - first);
      tensors.read(ofSuspect, tensor, first, chunk, 0, count);
      sums.add(chunk, count);
    }
    return sums.sums();
  }
}
