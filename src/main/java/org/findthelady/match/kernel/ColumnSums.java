package org.findthelady.match.kernel;

import java.util.List;

/**
 * Running sums of two tensors' products for every index of one axis behind the first.
 *
 * <p>Where the axis is the whole row, products of {@value #ROWS} rows are summed in single
 * precision, piece by piece as {@link ElementSums} holds them, then in double: each sum is wrong by
 * at most {@value #ROWS} units of 2^-24 of the sum of its terms' absolute values.
 *
 * <p>Rows may come with the numbers at even places first, as {@link EvenFirst} decodes them.
 */
public final class ColumnSums {
  private static final int ROWS = 16;

  private final double[] here;
  private final double[] there;
  private final double[] dots;
  private final double[] gaps;
  private final boolean evenFirst;
  private final int[] indexOf;
  private final float[][] hereLanes;
  private final float[][] thereLanes;
  private final float[][] dotLanes;
  private int pending;

  /**
   * @param length of the axis
   * @param inner elements from one index of the axis to the next
   * @param rest elements of a row
   * @param evenFirst whether a row's elements at even places come first
   */
  public ColumnSums(int length, int inner, int rest, boolean evenFirst) {
    this.here = new double[length];
    this.there = new double[length];
    this.dots = new double[length];
    this.gaps = new double[length];
    this.evenFirst = evenFirst;
    boolean whole = length == rest;
    this.indexOf = whole ? null : new int[rest];
    for (int x = 0; !whole && x < rest; x++) {
      int place = evenFirst ? EvenFirst.place(x, rest) : x;
      indexOf[x] = place / inner % length;
    }
    int pieces = whole ? rest / ElementSums.LANES : 0;
    this.hereLanes = new float[pieces][ElementSums.LANES];
    this.thereLanes = new float[pieces][ElementSums.LANES];
    this.dotLanes = new float[pieces][ElementSums.LANES];
  }

  /**
   * Adds one row whose products do not overflow single precision.
   *
   * @param sums the row's, taken just now
   */
  public void add(ElementSums sums, float[] a, int at, float[] b, int bt, int rest) {
    for (int piece = 0; piece < dotLanes.length; piece++) {
      float[] one = sums.one()[piece];
      float[] other = sums.other()[piece];
      Lanes.addProducts(one, other, dotLanes[piece]);
      Lanes.addProducts(one, one, hereLanes[piece]);
      Lanes.addProducts(other, other, thereLanes[piece]);
    }
    addExactly(a, at, b, bt, dotLanes.length * ElementSums.LANES, rest);
    if (++pending == ROWS) {
      flush();
    }
  }

  /** Adds one row in double precision. */
  public void addExactly(float[] a, int at, float[] b, int bt, int rest) {
    addExactly(a, at, b, bt, 0, rest);
  }

  private void addExactly(float[] a, int at, float[] b, int bt, int from, int rest) {
    for (int x = from; x < rest; x++) {
      int i = indexOf == null ? x : indexOf[x];
      double one = a[at + x];
      double other = b[bt + x];
      here[i] += one * one;
      there[i] += other * other;
      dots[i] += one * other;
    }
  }

  /** Adds the squared differences of one row. */
  public void addGaps(float[] a, int at, float[] b, int bt, int rest) {
    for (int x = 0; x < rest; x++) {
      double gap = (double) a[at + x] - b[bt + x];
      gaps[indexOf == null ? x : indexOf[x]] += gap * gap;
    }
  }

  private void flush() {
    for (int piece = 0; piece < dotLanes.length; piece++) {
      int at = piece * ElementSums.LANES;
      Lanes.flush(hereLanes[piece], here, at);
      Lanes.flush(thereLanes[piece], there, at);
      Lanes.flush(dotLanes[piece], dots, at);
    }
    pending = 0;
  }

  /** Ends adding. */
  public void finish() {
    if (pending > 0) {
      flush();
    }
    if (evenFirst && indexOf == null) {
      List.of(here, there, dots, gaps).forEach(EvenFirst::putInOrder);
    }
  }

  public double[] here() {
    return here;
  }

  public double[] there() {
    return there;
  }

  public double[] dots() {
    return dots;
  }

  /** Squared differences of the rows that {@link #addGaps} was given. */
  public double[] gaps() {
    return gaps;
  }
}
