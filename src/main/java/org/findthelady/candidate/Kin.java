package org.findthelady.candidate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is kept of a model to find its relatives among all models of a run, 1.6 KB: some of its
 * distinct numbers, which no order changes, and a sketch of its weights.
 *
 * @param values hashes, 8 bytes each, ascending
 * @param distinct how many different numbers it has, about
 * @param sums of a {@link LinearSketch}
 * @param layout of that sketch
 * @param base id of the reference from whose weights these differ, in whose order; empty for the
 *     weights themselves, as they lie
 */
public record Kin(byte[] values, double distinct, byte[] sums, long layout, String base)
    implements Serializable {
  /** A model of which nothing is known. */
  public static final Kin UNKNOWN =
      new Kin(new byte[0], 0, new byte[LinearSketch.SUMS * Float.BYTES], 0, "");

  /** Of a model as it lies. */
  public static Kin of(ModelSketch model) {
    return of(model, model.numbers(), "");
  }

  /**
   * Of a model that was matched.
   *
   * @param numbers what differs from the reference, in its order
   * @param base id of the reference
   */
  public static Kin of(ModelSketch model, LinearSketch numbers, String base) {
    return new Kin(
        model.values().smallest(),
        model.values().distinct(),
        numbers.bytes(),
        numbers.layout(),
        base);
  }

  long[] hashes() {
    long[] hashes = new long[values.length / Long.BYTES];
    ByteBuffer.wrap(values).asLongBuffer().get(hashes);
    return hashes;
  }

  LinearSketch numbers() {
    return LinearSketch.of(sums, layout);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Kin kin
        && Arrays.equals(values, kin.values)
        && Arrays.equals(sums, kin.sums)
        && distinct == kin.distinct
        && layout == kin.layout
        && base.equals(kin.base);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values) + 31 * Arrays.hashCode(sums);
  }

  @Override
  public String toString() {
    return "Kin[%s, %d values]".formatted(base, values.length / Long.BYTES);
  }
}
