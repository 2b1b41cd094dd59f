package org.findthelady.structure.trace;

import java.util.Arrays;

/** Arithmetic on axis lengths that a graph gives; what does not fit is {@link Untraceable}. */
final class Lengths {
  /** Index arrays above this many places are not made. */
  private static final long MOST_PLACES = 1L << 26;

  private Lengths() {}

  /** {@code a * b}. */
  static long times(long a, long b) {
    long product = a * b;
    if (Math.multiplyHigh(a, b) != (product >> 63)) {
      throw new Untraceable("lengths " + a + " and " + b + " overflow");
    }
    return product;
  }

  /** {@code a + b}. */
  static long plus(long a, long b) {
    long sum = a + b;
    if (((a ^ sum) & (b ^ sum)) < 0) {
      throw new Untraceable("lengths " + a + " and " + b + " overflow");
    }
    return sum;
  }

  /** The product of all; 1 of none. */
  static long product(long[] lengths) {
    long product = 1;
    for (long length : lengths) {
      product = times(product, length);
    }
    return product;
  }

  /** A length as the size of an array. */
  static int size(long length) {
    if (length < 0 || length > MOST_PLACES) {
      throw new Untraceable("a length of " + length);
    }
    return (int) length;
  }

  /** Numbers for every axis; {@code least} is the smallest allowed. */
  static void checkAll(long[] numbers, long least, String what) {
    if (Arrays.stream(numbers).anyMatch(number -> number < least)) {
      throw new Untraceable(what + " " + Arrays.toString(numbers));
    }
  }
}
