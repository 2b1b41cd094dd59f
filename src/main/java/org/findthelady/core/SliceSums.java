package org.findthelady.core;

/**
 * Sums over every slice of a tensor along every axis, of numbers that come in row-major order:
 * squares, or the numbers themselves if the tensor has one axis or none.
 */
public final class SliceSums {
  private final double[][] sums;
  private final int[] place;
  private final boolean squares;

  /**
   * @param squares whether squares are summed
   */
  public SliceSums(Shape shape, boolean squares) {
    this.sums = new double[shape.rank()][];
    for (int axis = 0; axis < sums.length; axis++) {
      sums[axis] = new double[shape.intLength(axis)];
    }
    this.place = new int[sums.length];
    this.squares = squares;
  }

  /** Takes the next numbers of the tensor; those that are not finite count as zero. */
  public void add(float[] values, int count) {
    int last = sums.length - 1;
    for (int at = 0; last >= 0 && at < count; ) {
      int stretch = Math.min(count - at, sums[last].length - place[last]);
      double sum = stretch(values, at, stretch, place[last]);
      for (int axis = 0; axis < last; axis++) {
        sums[axis][place[axis]] += sum;
      }
      at += stretch;
      place[last] += stretch;
      for (int axis = last; axis > 0 && place[axis] == sums[axis].length; axis--) {
        place[axis] = 0;
        place[axis - 1]++;
      }
    }
  }

  /** Adds numbers of the last axis place by place, and returns their sum. */
  private double stretch(float[] values, int from, int count, int first) {
    double[] along = sums[sums.length - 1];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double value = Float.isFinite(values[from + i]) ? values[from + i] : 0;
      double term = squares ? value * value : value;
      along[first + i] += term;
      sum += term;
    }
    return sum;
  }

  /** For every axis one sum a slice; not copied. */
  public double[][] sums() {
    return sums;
  }
}
