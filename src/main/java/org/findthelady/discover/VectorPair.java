package org.findthelady.discover;

import java.util.Arrays;
import org.findthelady.match.kernel.Correlation;

/**
 * The numbers of a tensor with one axis, on both sides. An order is told from equal numbers where
 * both sides hold the same ones, else from the correlation of ranks.
 */
final class VectorPair {
  /** Share of different numbers from which on equal numbers tell an order. */
  private static final double DISTINCT = 0.5;

  /** Share of equal numbers that an order must bring together. */
  private static final double FOLLOWS = 0.8;

  /** Share of the correlation in place that must be left without the means of digits. */
  private static final double IN_PLACE = 0.5;

  private final float[] a;
  private final float[] b;
  private Order orderA;
  private Order orderB;
  private EqualNumbers equalNumbers;

  VectorPair(float[] a, float[] b) {
    this.a = a;
    this.b = b;
  }

  /**
   * The numbers of one side sorted.
   *
   * @param places in the order of their numbers, equal ones in the order of places
   * @param ranks around 0; equal numbers share the mean of theirs
   */
  private record Order(int[] places, double[] ranks) {
    static Order of(float[] values) {
      int[] places = sorted(values);
      return new Order(places, VectorPair.ranks(values, places));
    }
  }

  private Order orderA() {
    orderA = orderA == null ? Order.of(a) : orderA;
    return orderA;
  }

  private Order orderB() {
    orderB = orderB == null ? Order.of(b) : orderB;
    return orderB;
  }

  /**
   * What equal numbers say.
   *
   * @param same whether both sides hold the same numbers
   * @param unique places of the reference whose number no other place has
   * @param distinct how many there are
   */
  private record EqualNumbers(boolean same, boolean[] unique, int distinct) {}

  private EqualNumbers equalNumbers() {
    if (equalNumbers == null) {
      int[] sortedA = orderA().places();
      int[] sortedB = orderB().places();
      boolean[] unique = new boolean[a.length];
      boolean same = true;
      int count = 0;
      for (int k = 0; k < a.length; k++) {
        float value = a[sortedA[k]];
        same &= Float.compare(value + 0f, b[sortedB[k]] + 0f) == 0;
        boolean alone =
            (k == 0 || a[sortedA[k - 1]] != value)
                && (k == a.length - 1 || a[sortedA[k + 1]] != value);
        unique[sortedA[k]] = alone;
        count += alone ? 1 : 0;
      }
      equalNumbers = new EqualNumbers(same, unique, count);
    }
    return equalNumbers;
  }

  /** Whether all numbers of both sides are one and the same: any order fits. */
  boolean isConstant() {
    return Arrays.equals(a, b) && allEqual();
  }

  private boolean allEqual() {
    for (float value : a) {
      if (value != a[0]) {
        return false;
      }
    }
    return true;
  }

  /** Whether both sides hold the same numbers, and enough different ones to tell an order. */
  boolean tellsOrder() {
    return equalNumbers().same() && distinct() >= Math.max(6, DISTINCT * a.length);
  }

  /** Different numbers. */
  int distinct() {
    return equalNumbers().distinct();
  }

  /** The order that equal numbers tell; equal ones among themselves in the order of places. */
  int[] order() {
    int[] placesA = orderA().places();
    int[] placesB = orderB().places();
    int[] order = new int[a.length];
    for (int k = 0; k < order.length; k++) {
      order[placesA[k]] = placesB[k];
    }
    return order;
  }

  /** Whether the numbers are in place, not only a digit of their places. */
  boolean staysInPlace() {
    int[] inPlace = PlaceAnchors.inPlace(a.length);
    double enough = IN_PLACE * correlation(inPlace) * Math.sqrt(a.length);
    return (tellsOrder() && equalShare(inPlace) > 0.5)
        || InPlaceTest.deviations(a, b, Math.max(0, enough)) > enough;
  }

  /** Share of places, of those that are known, in which an order brings equal numbers together. */
  double equalShare(int[] order) {
    boolean[] unique = equalNumbers().unique();
    int equal = 0;
    int known = 0;
    for (int i = 0; i < order.length; i++) {
      if (order[i] >= 0 && unique[i]) {
        known++;
        equal += a[i] == b[order[i]] ? 1 : 0;
      }
    }
    return known == 0 ? 0 : (double) equal / known;
  }

  /**
   * Logarithm of the probability that an order which has nothing to do with the vector fits as
   * well. Where both sides hold the same numbers, most must be brought together: an order that
   * agrees in a part is another group's.
   */
  double chance(int[] order) {
    if (!equalNumbers().same()) {
      return chanceOfRanks(order);
    }
    if (isExact(order)) {
      return Chance.ofAgreement(a.length) + logOrdersOfEqual();
    }
    double share = equalShare(order);
    return share < FOLLOWS ? 0 : Chance.ofAgreement((int) Math.rint(share * distinct()));
  }

  /** The same by ranks alone: for orders of which a part was found wrong. */
  double chanceOfRanks(int[] order) {
    return Chance.ofCorrelation(correlation(order), known(order));
  }

  /** Whether an order brings equal numbers together in every place. */
  boolean isExact(int[] order) {
    for (int i = 0; i < order.length; i++) {
      if (order[i] < 0 || a[i] != b[order[i]]) {
        return false;
      }
    }
    return true;
  }

  /** Whether two places hold numbers that are equal bit for bit, on sides of the same numbers. */
  boolean isEqual(int ours, int theirs) {
    return equalNumbers().same() && a[ours] == b[theirs];
  }

  /** Logarithm of the number of orders in which equal numbers can lie among themselves. */
  private double logOrdersOfEqual() {
    float[] sorted = a.clone();
    Arrays.sort(sorted);
    double sum = 0;
    int run = 1;
    for (int k = 1; k < sorted.length; k++) {
      run = sorted[k] == sorted[k - 1] ? run + 1 : 1;
      sum += Math.log(run);
    }
    return sum;
  }

  private static int known(int[] order) {
    return (int) Arrays.stream(order).filter(source -> source >= 0).count();
  }

  /** Correlation of ranks under an order, over the places that it knows. */
  double correlation(int[] order) {
    double[] ranksA = orderA().ranks();
    double[] ranksB = orderB().ranks();
    Correlation correlation = new Correlation();
    for (int i = 0; i < order.length; i++) {
      if (order[i] >= 0) {
        correlation.add(ranksA[i], ranksB[order[i]]);
      }
    }
    return correlation.value();
  }

  private static int[] sorted(float[] values) {
    long[] keys = new long[values.length];
    for (int i = 0; i < keys.length; i++) {
      int bits = Float.floatToIntBits(values[i] + 0f);
      keys[i] = (long) (bits < 0 ? bits ^ Integer.MAX_VALUE : bits) << 32 | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }

  private static double[] ranks(float[] values, int[] places) {
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < values.length) {
      int to = from + 1;
      while (to < values.length && values[places[to]] == values[places[from]]) {
        to++;
      }
      for (int k = from; k < to; k++) {
        ranks[places[k]] = (from + to - values.length) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
