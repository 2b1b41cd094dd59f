package org.findthelady.match.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Codes of 16 bits, four at a time: C2 makes no vector code of comparisons that are counted. */
public final class SixteenBitCodes {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** All bits of four codes but each one's highest. */
  private static final long LOW = 0x7fff_7fff_7fff_7fffL;

  private SixteenBitCodes() {}

  /** How many of {@code count} codes from byte {@code at} on differ between two arrays. */
  public static int different(byte[] one, byte[] other, int at, int count) {
    int different = 0;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      long apart = (long) LONGS.get(one, at + 2 * i) ^ (long) LONGS.get(other, at + 2 * i);
      // A code's highest bit is set if any of its bits is: adding carries into it, not beyond.
      different += Long.bitCount((((apart & LOW) + LOW) | apart) & ~LOW);
    }
    for (; i < count; i++) {
      boolean same = (short) SHORTS.get(one, at + 2 * i) == (short) SHORTS.get(other, at + 2 * i);
      different += same ? 0 : 1;
    }
    return different;
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
