package org.findthelady.match;

import java.util.Optional;

/**
 * The inner loops of folding packed bf16. Leaves and columns are added in groups of {@value
 * Buckets#PIECE}: the even ones of a group first, then the odd ones, since both halves of a 32-bit
 * word are decoded by one operation each.
 */
interface FoldKernel {
  /** The vector kernel, where the JVM was started with the module that it needs; else none. */
  static Optional<FoldKernel> fastest() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.empty();
    }
    try {
      FoldKernel kernel =
          Class.forName("org.findthelady.match.VectorKernel")
              .asSubclass(FoldKernel.class)
              .getDeclaredConstructor()
              .newInstance();
      return kernel.isFast() ? Optional.of(kernel) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the vector kernel is missing from the jar", e);
    }
  }

  /** Whether this machine has vectors as wide as the kernel's. */
  boolean isFast();

  /**
   * Adds one slice to a bucket.
   *
   * @param at the slice's first byte; whole groups are read, so bytes behind its last leaf must be
   *     there
   * @param sign factor of every leaf
   * @param sums one for each leaf, whole groups
   * @param squares likewise; one float addition each
   */
  void addSlice(byte[] packed, int at, float sign, float[] sums, float[] squares);

  /**
   * Adds four slices to one bucket.
   *
   * @param at their first bytes, from {@code from} on
   * @param signs their factors, likewise
   * @param squares each gets the sum of four squares, one float addition
   */
  void addSlices(byte[] packed, int[] at, float[] signs, int from, float[] sums, float[] squares);

  /**
   * Adds steps {@code from .. to} of one row.
   *
   * @param at byte of the row's first column
   * @param sums [2 * length]: even sums in the first half, odd in the second, not yet wrapped
   * @return the sum of the squares: groups of 16 products in single precision, their sums in double
   */
  double addRow(byte[] packed, int at, RowSteps steps, int from, int to, float[] sums);

  /**
   * Wraps the sums of a row and clears them.
   *
   * @param wide as {@link #addRow} left them
   * @param sums receives {@code factor} times the sums, from {@code at} on, added
   */
  void wrap(float[] wide, float factor, float[] sums, int at);
}
