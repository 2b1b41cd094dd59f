package org.findthelady.match;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds with vectors of 256 bits. C2 stops inlining in methods much larger than these, and vectors
 * are then objects. Nothing is loaded from behind a store: a load whose address looks like that of
 * a store just before it, in the lowest 12 bits, waits for it.
 */
final class VectorKernel implements FoldKernel {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
  private static final int LANES = 8;
  private static final int GROUP = 2 * LANES;

  private final double[] lanes = new double[4];

  private static IntVector load(byte[] packed, int at) {
    return IntVector.fromByteArray(INTS, packed, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static IntVector load(byte[] packed, int at, byte[] flips, int bit) {
    return load(packed, at).lanewise(VectorOperators.XOR, load(flips, bit));
  }

  private static FloatVector even(IntVector words) {
    return words.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector odd(IntVector words) {
    return words.and(0xffff0000).reinterpretAsFloats();
  }

  private static FloatVector floats(float[] from, int at) {
    return FloatVector.fromArray(FLOATS, from, at);
  }

  @Override
  public boolean isFast() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= FLOATS.vectorBitSize();
  }

  @Override
  public void addSlice(byte[] packed, int at, float sign, float[] sums, float[] squares) {
    FloatVector factor = FloatVector.broadcast(FLOATS, sign);
    for (int i = 0; i < sums.length; i += GROUP) {
      IntVector words = load(packed, at + 2 * i);
      FloatVector even = even(words);
      FloatVector odd = odd(words);
      FloatVector evens = even.fma(factor, floats(sums, i));
      FloatVector odds = odd.fma(factor, floats(sums, i + LANES));
      FloatVector evenSquares = even.fma(even, floats(squares, i));
      FloatVector oddSquares = odd.fma(odd, floats(squares, i + LANES));
      evens.intoArray(sums, i);
      odds.intoArray(sums, i + LANES);
      evenSquares.intoArray(squares, i);
      oddSquares.intoArray(squares, i + LANES);
    }
  }

  @Override
  public void addSlices(
      byte[] packed, int[] at, float[] signs, int from, float[] sums, float[] squares) {
    int a = at[from];
    int b = at[from + 1];
    int c = at[from + 2];
    int d = at[from + 3];
    FloatVector signA = FloatVector.broadcast(FLOATS, signs[from]);
    FloatVector signB = FloatVector.broadcast(FLOATS, signs[from + 1]);
    FloatVector signC = FloatVector.broadcast(FLOATS, signs[from + 2]);
    FloatVector signD = FloatVector.broadcast(FLOATS, signs[from + 3]);
    for (int i = 0; i < sums.length; i += GROUP) {
      IntVector words = load(packed, a + 2 * i);
      FloatVector even = even(words);
      FloatVector odd = odd(words);
      FloatVector evens = even.fma(signA, floats(sums, i));
      FloatVector odds = odd.fma(signA, floats(sums, i + LANES));
      FloatVector evenSquares = even.mul(even);
      FloatVector oddSquares = odd.mul(odd);
      words = load(packed, b + 2 * i);
      even = even(words);
      odd = odd(words);
      evens = even.fma(signB, evens);
      odds = odd.fma(signB, odds);
      evenSquares = even.fma(even, evenSquares);
      oddSquares = odd.fma(odd, oddSquares);
      words = load(packed, c + 2 * i);
      even = even(words);
      odd = odd(words);
      evens = even.fma(signC, evens);
      odds = odd.fma(signC, odds);
      evenSquares = even.fma(even, evenSquares);
      oddSquares = odd.fma(odd, oddSquares);
      words = load(packed, d + 2 * i);
      even = even(words);
      odd = odd(words);
      evenSquares = even.fma(even, evenSquares).add(floats(squares, i));
      oddSquares = odd.fma(odd, oddSquares).add(floats(squares, i + LANES));
      even.fma(signD, evens).intoArray(sums, i);
      odd.fma(signD, odds).intoArray(sums, i + LANES);
      evenSquares.intoArray(squares, i);
      oddSquares.intoArray(squares, i + LANES);
    }
  }

  @Override
  public double addRow(byte[] packed, int at, RowSteps steps, int from, int to, float[] sums) {
    fold(
        packed,
        at,
        steps.first,
        steps.second,
        steps.flips,
        steps.even,
        steps.odd,
        from,
        to,
        sums,
        steps.partial);
    return total(steps.partial, LANES * from, LANES * to);
  }

  private static void fold(
      byte[] packed,
      int at,
      int[] first,
      int[] second,
      byte[] flips,
      int[] evenAt,
      int[] oddAt,
      int from,
      int to,
      float[] sums,
      float[] partial) {
    for (int step = from; step < to; step++) {
      int bit = step * Buckets.RUN * RowSteps.BYTES;
      IntVector words = load(packed, at + first[step], flips, bit);
      IntVector others = load(packed, at + second[step], flips, bit + RowSteps.BYTES);
      FloatVector even = even(words);
      FloatVector odd = odd(words);
      FloatVector otherEven = even(others);
      FloatVector otherOdd = odd(others);
      FloatVector evens = floats(sums, evenAt[step]).add(even).add(otherOdd);
      FloatVector odds = floats(sums, oddAt[step]).add(odd).add(otherEven);
      FloatVector squares = odd.fma(odd, even.mul(even));
      squares = otherOdd.fma(otherOdd, otherEven.fma(otherEven, squares));
      evens.intoArray(sums, evenAt[step]);
      odds.intoArray(sums, oddAt[step]);
      squares.intoArray(partial, LANES * step);
    }
  }

  /** Groups are added four at a time, of which their number is a multiple, then in double. */
  private double total(float[] partial, int from, int to) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    for (int at = from; at < to; at += 4 * LANES) {
      FloatVector one = floats(partial, at).add(floats(partial, at + LANES));
      FloatVector other = floats(partial, at + 2 * LANES).add(floats(partial, at + 3 * LANES));
      FloatVector four = one.add(other);
      low = low.add((DoubleVector) four.convertShape(VectorOperators.F2D, DOUBLES, 0));
      high = high.add((DoubleVector) four.convertShape(VectorOperators.F2D, DOUBLES, 1));
    }
    low.add(high).intoArray(lanes, 0);
    return lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
  }

  @Override
  public void wrap(float[] wide, float factor, float[] sums, int at) {
    int half = wide.length / 4;
    wrap(wide, 0, half, factor, sums, at);
    wrap(wide, 2 * half, half, factor, sums, at + half);
  }

  private static void wrap(float[] wide, int from, int half, float factor, float[] sums, int at) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = 0; i < half; i += LANES) {
      FloatVector sum = floats(wide, from + i).add(floats(wide, from + half + i));
      floats(sums, at + i).add(sum.mul(factor)).intoArray(sums, at + i);
      zero.intoArray(wide, from + i);
      zero.intoArray(wide, from + half + i);
    }
  }
}
