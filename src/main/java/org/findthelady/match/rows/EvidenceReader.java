package org.findthelady.match.rows;

import java.io.IOException;
import java.util.Arrays;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Reads the rows that one member gives a group's units, in parts of bounded width.
 *
 * <p>A tensor is seen as [first axis x rest]. Where the group lies on the first axis a part is a
 * range of one copy's rest, laid out unit by unit; otherwise it is a range of first-axis slices,
 * laid out column by column. All other axes are gathered by the assignment.
 */
public final class EvidenceReader {
  private final Weights weights;
  private final String tensor;
  private final boolean byColumn;
  private final int copies;
  private final int[] places;
  private final int outer;
  private final int rest;
  private final int middle;
  private final int axisLength;
  private final int inner;
  private final int[] outerMap;
  private final int[] restMap;
  private final int[] middleMap;
  private final int[] innerMap;
  private final boolean straight;
  private final int lowest;
  private final int highest;
  private final boolean outOfOrder;
  private float[] scratch = new float[0];
  private boolean expected;

  /**
   * @param resync puts the other axes in reference order; the identity for the reference itself
   */
  public EvidenceReader(
      Structure structure,
      Weights weights,
      Group group,
      String tensor,
      int axis,
      GroupPermutations resync) {
    this(structure, weights, group, tensor, axis, resync, null);
  }

  /**
   * @param only the units to read, in this order; null for all
   */
  public EvidenceReader(
      Structure structure,
      Weights weights,
      Group group,
      String tensor,
      int axis,
      GroupPermutations resync,
      int[] only) {
    this.weights = weights;
    this.tensor = tensor;
    Shape shape = weights.shape(tensor);
    var axes = structure.axes(tensor);
    if (axes.size() != shape.rank()) {
      throw new IllegalArgumentException(
          "Tensor '%s': shape %s, structure has %d axes".formatted(tensor, shape, axes.size()));
    }
    for (int a = 0; a < shape.rank(); a++) {
      if (axes.get(a).length() != shape.length(a)) {
        throw new IllegalArgumentException(
            "Tensor '%s' axis %d: length %d, structure says %d"
                .formatted(tensor, a, shape.length(a), axes.get(a).length()));
      }
    }
    this.byColumn = axis > 0;
    int[] all = places(structure, axes.get(axis), group);
    this.copies = all.length / group.units();
    this.places = only == null ? all : selected(all, copies, only);
    this.outer = shape.intLength(0);
    this.rest = Math.toIntExact(shape.elements(1, shape.rank()));
    this.middle = byColumn ? Math.toIntExact(shape.elements(1, axis)) : 1;
    this.axisLength = shape.intLength(axis);
    this.inner = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
    int[][] gathers = structure.gathers(tensor, resync);
    int[] own = structure.gather(axes.get(axis), PermutationSubsets.without(resync, group));
    if (own != null) {
      Arrays.setAll(places, i -> own[places[i]]);
    }
    this.outerMap = byColumn ? gathers[0] : null;
    this.restMap = byColumn ? null : composed(shape, gathers, 1, shape.rank());
    this.middleMap = byColumn ? composed(shape, gathers, 1, axis) : null;
    this.innerMap = byColumn ? composed(shape, gathers, axis + 1, shape.rank()) : null;
    this.lowest = Arrays.stream(places).min().orElse(0);
    this.highest = Arrays.stream(places).max().orElse(-1) + 1;
    this.outOfOrder =
        byColumn
            ? outerMap != null && 2L * (highest - lowest) >= axisLength
            : (copies > 1 || !inOrder(places)) && 2L * places.length >= axisLength;
    this.straight = byColumn && middle == 1 && inner == 1 && copies == 1 && ascending(places);
  }

  private static boolean inOrder(int[] places) {
    for (int i = 1; i < places.length; i++) {
      if (places[i] < places[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static boolean ascending(int[] places) {
    for (int i = 1; i < places.length; i++) {
      if (places[i] != places[i - 1] + 1) {
        return false;
      }
    }
    return true;
  }

  /** Whether every slice of the first axis is the units in order and nothing else. */
  public boolean isWholeSlices() {
    return straight && places.length == rest;
  }

  /** For every slice as it lies in the tensor its place in reference order. */
  public int[] sliceOrder() {
    int[] order = new int[outer];
    for (int place = 0; place < outer; place++) {
      order[outerMap == null ? place : outerMap[place]] = place;
    }
    return order;
  }

  /** Reads slices as they lie in the tensor: [slice x unit]. */
  public void readSlices(int first, int count, float[] target) throws IOException {
    expect();
    weights.read(tensor, (long) first * rest, target, 0, Math.multiplyExact(count, rest));
  }

  /** Slices of the first axis. */
  public int slices() {
    return outer;
  }

  /** For every unit the axis indices where it lies, in axis order: [units x copies]. */
  public static int[] places(Structure structure, Axis axis, Group group) {
    int[] unitAt = structure.units(axis, group.name());
    long carried = Arrays.stream(unitAt).filter(unit -> unit >= 0).count();
    int copies = Math.toIntExact(carried / group.units());
    int[] seen = new int[group.units()];
    int[] places = new int[group.units() * copies];
    for (int i = 0; i < unitAt.length; i++) {
      if (unitAt[i] >= 0) {
        places[unitAt[i] * copies + seen[unitAt[i]]++] = i;
      }
    }
    return places;
  }

  private static int[] selected(int[] all, int copies, int[] only) {
    int[] places = new int[only.length * copies];
    for (int i = 0; i < only.length; i++) {
      System.arraycopy(all, only[i] * copies, places, i * copies, copies);
    }
    return places;
  }

  /** Row-major index map of several axes taken together; null when nothing moves. */
  public static int[] composed(Shape shape, int[][] gathers, int from, int to) {
    boolean moves = false;
    for (int axis = from; axis < to; axis++) {
      moves |= gathers[axis] != null;
    }
    if (!moves) {
      return null;
    }
    int[] map = {0};
    for (int axis = from; axis < to; axis++) {
      int length = shape.intLength(axis);
      int[] longer = new int[Math.multiplyExact(map.length, length)];
      for (int i = 0; i < longer.length; i++) {
        int digit = i % length;
        longer[i] =
            map[i / length] * length + (gathers[axis] == null ? digit : gathers[axis][digit]);
      }
      map = longer;
    }
    return map;
  }

  /** Whether parts are laid out [column x unit] and not [unit x column]. */
  public boolean byColumn() {
    return byColumn;
  }

  /** Numbers that the member gives each unit. */
  public long width() {
    return byColumn ? (long) outer * middle * copies * inner : (long) copies * rest;
  }

  /** Numbers of the tensor that are read for all parts. */
  public long elementsRead() {
    return byColumn ? (long) outer * rest : (long) places.length * rest;
  }

  /** Number of parts of at most {@code columns} columns (or of one slice, if that is wider). */
  public int parts(int columns) {
    int perCopy = stepsPerPart(columns);
    return byColumn ? ceil(outer, perCopy) : Math.multiplyExact(copies, ceil(rest, perCopy));
  }

  /** Columns of a part. */
  public int columns(int columns, int part) {
    int step = stepsPerPart(columns);
    if (byColumn) {
      return (Math.min(outer, (part + 1) * step) - part * step) * middle * copies * inner;
    }
    int from = part % ceil(rest, step) * step;
    return Math.min(rest, from + step) - from;
  }

  private int stepsPerPart(int columns) {
    int numbers = byColumn ? middle * copies * inner : 1;
    return Math.max(1, Math.min(byColumn ? outer : rest, columns / numbers));
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  /**
   * Fills one part for units {@code from .. to}.
   *
   * @param columns the same width that {@link #parts} was asked for
   * @param panel receives [unit x column] or [column x unit]; large enough
   */
  public void read(int columns, int part, int from, int to, float[] panel) throws IOException {
    expect();
    if (outOfOrder) {
      weights.hold(tensor);
    }
    int step = stepsPerPart(columns);
    if (byColumn) {
      int first = part * step;
      int last = Math.min(outer, first + step);
      for (int o = first; o < last; o++) {
        readSlice(o, from, to, panel, (o - first) * middle * copies * inner * (to - from));
      }
    } else {
      int perCopy = ceil(rest, step);
      int low = part % perCopy * step;
      readRows(part / perCopy, low, Math.min(rest, low + step), from, to, panel);
    }
  }

  private void expect() throws IOException {
    if (!expected) {
      weights.expect(tensor);
      expected = true;
    }
  }

  private void readRows(int copy, int low, int high, int from, int to, float[] panel)
      throws IOException {
    int width = high - low;
    if (restMap != null) {
      scratch(rest);
    }
    for (int unit = from; unit < to; ) {
      int place = places[unit * copies + copy];
      int target = (unit - from) * width;
      if (restMap != null) {
        weights.read(tensor, (long) place * rest, scratch, 0, rest);
        for (int x = 0; x < width; x++) {
          panel[target + x] = scratch[restMap[low + x]];
        }
        unit++;
        continue;
      }
      int run = 1;
      while (width == rest
          && unit + run < to
          && places[(unit + run) * copies + copy] == place + run) {
        run++;
      }
      weights.read(tensor, (long) place * rest + low, panel, target, run * width);
      unit += run;
    }
  }

  private void readSlice(int index, int from, int to, float[] panel, int target)
      throws IOException {
    int slice = outerMap == null ? index : outerMap[index];
    if (straight) {
      weights.read(tensor, (long) slice * rest + places[from], panel, target, to - from);
      return;
    }
    int low = middle == 1 ? lowest : 0;
    int high = middle == 1 ? highest : axisLength;
    int count = (middle - 1) * axisLength * inner + (high - low) * inner;
    scratch(count);
    weights.read(tensor, (long) slice * rest + (long) low * inner, scratch, 0, count);
    int rows = to - from;
    int out = target;
    for (int m = 0; m < middle; m++) {
      int base = ((middleMap == null ? m : middleMap[m]) * axisLength - low) * inner;
      for (int copy = 0; copy < copies; copy++) {
        for (int x = 0; x < inner; x++) {
          int shift = base + (innerMap == null ? x : innerMap[x]);
          for (int row = 0; row < rows; row++) {
            panel[out + row] = scratch[shift + places[(from + row) * copies + copy] * inner];
          }
          out += rows;
        }
      }
    }
  }

  private void scratch(int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }
  }
}
