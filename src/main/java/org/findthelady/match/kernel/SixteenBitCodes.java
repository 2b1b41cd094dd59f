package org.findthelady.match.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.findthelady.core.DType;

/** Codes of 16 bits, looked at two in an int and many ints at a time. */
public final class SixteenBitCodes {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int LANES = 256;

  /** How often a lane's counters, of 16 bits each, may be added to. */
  private static final int ADDS = (1 << 16) - 1;

  private SixteenBitCodes() {}

  /**
   * What the codes of two arrays tell before they are decoded.
   *
   * @param different how many differ in value (the zeros are one value); -1 if that is not known
   * @param zeros whether the first may hold a zero, of either sign
   * @param otherZeros the same of the second
   */
  public record Look(int different, boolean zeros, boolean otherZeros) {
    /** Nothing is known. */
    public static final Look NONE = new Look(-1, true, true);
  }

  /** Whether numbers of a type are such codes. */
  public static boolean holds(DType type) {
    return type == DType.BF16 || type == DType.F16;
  }

  /** Looks at {@code count} codes from byte {@code at} on of two arrays. */
  public static Look look(byte[] one, byte[] other, int at, int count) {
    IntBuffer ours = ints(one, at, count);
    IntBuffer theirs = ints(other, at, count);
    int[] a = new int[LANES];
    int[] b = new int[LANES];
    int[] counts = new int[LANES];
    int[] allOfOne = ones();
    int[] allOfOther = ones();
    int different = 0;
    int adds = 0;
    while (ours.remaining() >= LANES) {
      ours.get(a);
      theirs.get(b);
      Lanes.countDifferent(a, b, counts);
      Lanes.keepOthers(a, allOfOne);
      Lanes.keepOthers(b, allOfOther);
      if (++adds % ADDS == 0) {
        different += total(counts);
      }
    }
    different += total(counts);
    boolean zeros = anyZero(allOfOne);
    boolean otherZeros = anyZero(allOfOther);
    for (int i = 2 * ours.position(); i < count; i++) {
      short x = (short) SHORTS.get(one, at + 2 * i);
      short y = (short) SHORTS.get(other, at + 2 * i);
      zeros |= (x & 0x7fff) == 0;
      otherZeros |= (y & 0x7fff) == 0;
      different += x != y && ((x | y) & 0x7fff) != 0 ? 1 : 0;
    }
    return new Look(different, zeros, otherZeros);
  }

  /** Whether one of {@code count} codes from byte {@code at} on is zero, of either sign. */
  public static boolean anyZero(byte[] codes, int at, int count) {
    IntBuffer ints = ints(codes, at, count);
    int[] some = new int[LANES];
    int[] all = ones();
    while (ints.remaining() >= LANES) {
      ints.get(some);
      Lanes.keepOthers(some, all);
    }
    boolean zero = anyZero(all);
    for (int i = 2 * ints.position(); i < count; i++) {
      zero |= ((short) SHORTS.get(codes, at + 2 * i) & 0x7fff) == 0;
    }
    return zero;
  }

  private static IntBuffer ints(byte[] codes, int at, int count) {
    return ByteBuffer.wrap(codes, at, count / 2 * Integer.BYTES)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer();
  }

  private static int[] ones() {
    int[] ones = new int[LANES];
    Arrays.fill(ones, -1);
    return ones;
  }

  private static int total(int[] counts) {
    int total = 0;
    for (int i = 0; i < counts.length; i++) {
      total += (counts[i] & 0xffff) + (counts[i] >>> 16);
      counts[i] = 0;
    }
    return total;
  }

  private static boolean anyZero(int[] all) {
    int both = -1;
    for (int one : all) {
      both &= one;
    }
    return (both & ~Lanes.LOW) != ~Lanes.LOW;
  }
}
