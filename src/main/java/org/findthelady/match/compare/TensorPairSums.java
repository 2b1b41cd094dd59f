package org.findthelady.match.compare;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.ColumnSums;
import org.findthelady.match.kernel.ElementSums;
import org.findthelady.match.kernel.EvenFirst;
import org.findthelady.match.kernel.SixteenBitCodes;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/** Running sums of one tensor pair: per index of every axis that moves, and over all elements. */
public final class TensorPairSums {
  /** Numbers of a side that are decoded at a time: what a core's cache holds of both. */
  private static final int IN_CACHE = 1 << 14;

  private final List<Axis> axes;
  private final DType typeHere;
  private final DType typeThere;
  private final boolean sixteenBits;
  private final int rest;
  private final int some;
  private final double[] rowsHere;
  private final double[] rowsThere;
  private final double[] rowDots;
  private final double[] rowGaps;
  private final ColumnSums[] columns;
  private int rowsThatDiffer;
  private final TensorComparison comparison;
  private final ElementSums sums = new ElementSums();
  private final float[] here;
  private final float[] there;
  private final boolean[] counts;
  private final EvenFirst evenFirst;

  /**
   * @param batch most rows that are added at a time
   */
  TensorPairSums(
      String tensor, Shape shape, List<Axis> axes, DType typeHere, DType typeThere, int batch) {
    this.axes = axes;
    this.typeHere = typeHere;
    this.typeThere = typeThere;
    this.sixteenBits = typeHere == typeThere && SixteenBitCodes.holds(typeHere);
    int rank = shape.rank();
    this.rest = rank == 0 ? 1 : Math.toIntExact(shape.elements(1, rank));
    this.some = Math.max(1, Math.min(batch, IN_CACHE / Math.max(1, rest)));
    this.here = new float[Math.multiplyExact(some, rest)];
    this.there = new float[here.length];
    this.counts = new boolean[some];
    boolean bothBfloat = typeHere == DType.BF16 && typeThere == DType.BF16;
    this.evenFirst = bothBfloat && EvenFirst.fits(rest) ? new EvenFirst() : null;
    this.comparison = new TensorComparison(tensor, rank >= 2);
    comparison.bytesDiffer();
    boolean rowsMove = rank > 0 && !axes.get(0).isFrozen();
    int rows = rowsMove ? shape.intLength(0) : 0;
    this.rowsHere = new double[rows];
    this.rowsThere = new double[rows];
    this.rowDots = new double[rows];
    this.rowGaps = new double[rows];
    this.columns = new ColumnSums[rank];
    for (int axis = 1; axis < rank; axis++) {
      if (!axes.get(axis).isFrozen()) {
        int inner = Math.toIntExact(shape.elements(axis + 1, rank));
        columns[axis] = new ColumnSums(shape.intLength(axis), inner, rest, evenFirst != null);
      }
    }
  }

  /** What is said of a tensor whose every bit is equal. */
  public static TensorPairResult equal(String tensor, Shape shape, List<Axis> axes) {
    List<AxisSums> pairs = new ArrayList<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      for (String group : axes.get(axis).groups()) {
        pairs.add(AxisSums.equal(axis, group));
      }
    }
    return new TensorPairResult(TensorComparison.same(tensor, shape), pairs);
  }

  /** Adds rows {@code first .. first + count}, both sides packed. */
  void add(int first, int count, byte[] packedHere, byte[] packedThere) {
    for (int row = 0; row < count; row += some) {
      addSome(first, row, Math.min(some, count - row), packedHere, packedThere);
    }
  }

  /** Adds rows {@code from .. from + count} of those packed. */
  private void addSome(int first, int from, int count, byte[] packedHere, byte[] packedThere) {
    int elements = count * rest;
    int atHere = from * rest * typeHere.blockBytes();
    int atThere = from * rest * typeThere.blockBytes();
    decode(typeHere, packedHere, atHere, here, count);
    decode(typeThere, packedThere, atThere, there, count);
    comparison.addBeyondFloat(
        beyondFloat(typeHere, packedHere, atHere, elements)
            + beyondFloat(typeThere, packedThere, atThere, elements));
    comparison.lookAtReference(typeHere, packedHere, atHere, here, elements);
    comparison.lookAtSuspect(typeThere, packedThere, atThere, there, elements);
    int toCount = 0;
    for (int row = 0; row < count; row++) {
      int at = row * rest;
      sums.of(here, at, there, at, rest);
      boolean exactly = sums.needExactly(rest);
      if (exactly) {
        sums.ofExactly(here, at, there, at, rest);
      }
      counts[row] = comparison.add(here, there, at, rest, sums);
      toCount += counts[row] ? 1 : 0;
      for (ColumnSums column : columns) {
        if (column != null && exactly) {
          column.addExactly(here, at, there, at, rest);
        } else if (column != null) {
          column.add(sums, here, at, there, at, rest);
        }
      }
      if (sums.apart() != 0 && rowsThatDiffer++ < Thresholds.NAMED_UNITS) {
        addGaps(at);
      }
      if (rowDots.length > 0) {
        rowsHere[first + from + row] = sums.here();
        rowsThere[first + from + row] = sums.there();
        rowDots[first + from + row] = sums.dots();
        rowGaps[first + from + row] = sums.apart();
      }
    }
    if (toCount == count) {
      comparison.count(
          here, there, 0, elements, look(packedHere, atHere, packedThere, atThere, elements));
      return;
    }
    for (int row = 0; row < count; row++) {
      if (counts[row]) {
        comparison.count(here, there, row * rest, rest, SixteenBitCodes.Look.NONE);
      }
    }
  }

  private void decode(DType type, byte[] packed, int at, float[] values, int count) {
    if (evenFirst == null) {
      Floats.decode(type, packed, at, values, 0, count * rest);
      return;
    }
    for (int row = 0; row < count; row++) {
      evenFirst.decode(packed, at + row * rest * Short.BYTES, values, row * rest, rest);
    }
  }

  private SixteenBitCodes.Look look(
      byte[] packedHere, int atHere, byte[] packedThere, int atThere, int elements) {
    return sixteenBits
        ? SixteenBitCodes.look(packedHere, packedThere, atHere, elements)
        : new SixteenBitCodes.Look(
            -1,
            mayHoldZero(typeHere, packedHere, atHere, elements),
            mayHoldZero(typeThere, packedThere, atThere, elements));
  }

  private static boolean mayHoldZero(DType type, byte[] packed, int at, int elements) {
    return !SixteenBitCodes.holds(type) || SixteenBitCodes.anyZero(packed, at, elements);
  }

  private void addGaps(int at) {
    for (ColumnSums column : columns) {
      if (column != null) {
        column.addGaps(here, at, there, at, rest);
      }
    }
  }

  private static long beyondFloat(DType type, byte[] packed, int at, int elements) {
    return FloatRange.mayBeBeyond(type)
        ? FloatRange.beyond(type, ByteBuffer.wrap(packed, at, packed.length - at), elements)
        : 0;
  }

  TensorPairResult result(Structure structure) {
    List<AxisSums> pairs = new ArrayList<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      ColumnSums column = columns[axis];
      if (column != null) {
        column.finish();
      }
      for (String group : axes.get(axis).groups()) {
        int[] units = structure.units(axes.get(axis), group);
        int count = structure.group(group).units();
        pairs.add(
            new AxisSums(
                axis,
                group,
                byUnit(column == null ? rowsHere : column.here(), units, count),
                byUnit(column == null ? rowsThere : column.there(), units, count),
                byUnit(column == null ? rowDots : column.dots(), units, count),
                gaps(column, units, count)));
      }
    }
    comparison.finish();
    return new TensorPairResult(comparison, pairs);
  }

  /** Null where so many rows differ that columns were not looked at. */
  private float[] gaps(ColumnSums column, int[] units, int count) {
    if (column == null) {
      return byUnit(rowGaps, units, count);
    }
    return rowsThatDiffer <= Thresholds.NAMED_UNITS ? byUnit(column.gaps(), units, count) : null;
  }

  private static float[] byUnit(double[] byIndex, int[] units, int count) {
    double[] sums = new double[count];
    for (int i = 0; i < units.length; i++) {
      if (units[i] >= 0) {
        sums[units[i]] += byIndex[i];
      }
    }
    float[] narrow = new float[count];
    for (int unit = 0; unit < count; unit++) {
      narrow[unit] = (float) sums[unit];
    }
    return narrow;
  }
}
