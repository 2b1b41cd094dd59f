package org.findthelady.match.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.findthelady.core.DType;

/** Codes of 16 bits, four at a time: C2 makes no vector code of comparisons that are counted. */
public final class SixteenBitCodes {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** All bits of four codes but each one's highest. */
  private static final long LOW = 0x7fff_7fff_7fff_7fffL;

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
    int different = 0;
    long allOfOne = -1;
    long allOfOther = -1;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      long a = (long) LONGS.get(one, at + 2 * i);
      long b = (long) LONGS.get(other, at + 2 * i);
      // A code's highest bit is set if any other bit was: adding carries into it, not beyond.
      long inOne = (a & LOW) + LOW;
      long inOther = (b & LOW) + LOW;
      long apart = (((a ^ b) & LOW) + LOW) | (a ^ b);
      allOfOne &= inOne;
      allOfOther &= inOther;
      different += Long.bitCount(apart & (inOne | inOther) & ~LOW);
    }
    boolean zeros = (allOfOne & ~LOW) != ~LOW;
    boolean otherZeros = (allOfOther & ~LOW) != ~LOW;
    for (; i < count; i++) {
      short a = (short) SHORTS.get(one, at + 2 * i);
      short b = (short) SHORTS.get(other, at + 2 * i);
      zeros |= (a & 0x7fff) == 0;
      otherZeros |= (b & 0x7fff) == 0;
      different += a != b && ((a | b) & 0x7fff) != 0 ? 1 : 0;
    }
    return new Look(different, zeros, otherZeros);
  }

  /** Whether one of {@code count} codes from byte {@code at} on is zero, of either sign. */
  public static boolean anyZero(byte[] codes, int at, int count) {
    long all = -1;
    long rest = -1; // two at a time, which do not wait for each other
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      all &= ((long) LONGS.get(codes, at + 2 * i) & LOW) + LOW;
      rest &= ((long) LONGS.get(codes, at + 2 * i + 8) & LOW) + LOW;
    }
    all &= rest;
    boolean zero = (all & ~LOW) != ~LOW;
    for (; i < count; i++) {
      zero |= ((short) SHORTS.get(codes, at + 2 * i) & 0x7fff) == 0;
    }
    return zero;
  }
}
