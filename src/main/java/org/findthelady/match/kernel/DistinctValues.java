package org.findthelady.match.kernel;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.findthelady.core.DType;
import org.findthelady.core.FloatRange;

/** Counts different floats up to a limit, then stops looking. */
public final class DistinctValues implements Serializable {
  private static final long serialVersionUID = 1;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MINUS_ZERO = 0x8000;

  /** A NaN that {@link Float#floatToIntBits} never gives. */
  private static final int EMPTY = -1;

  /** Codes that are marked before they are counted for the first time. */
  private static final int FIRST_COUNT = 1 << 17;

  private final int limit;
  private transient int[] table;
  private transient boolean[] codes;
  private transient int largestNumber;
  private transient int mostCodes;
  private transient long seen;
  private transient long nextCount = FIRST_COUNT;
  private int count;

  /**
   * @param limit a power of two; more different values than this are not counted
   */
  public DistinctValues(int limit) {
    this.limit = limit;
  }

  public void addAll(float[] values, int length) {
    addAll(values, 0, length);
  }

  /** Adds {@code values[from .. from + length]}. */
  void addAll(float[] values, int from, int length) {
    if (table == null) {
      table = new int[limit * 4];
      Arrays.fill(table, EMPTY);
    }
    int mask = limit * 4 - 1;
    // High bits of the product depend on all bits of a number; low ones not on its exponent.
    int shift = Integer.numberOfLeadingZeros(mask);
    for (int i = from; i < from + length && count <= limit; i++) {
      int bits = Float.floatToIntBits(values[i] + 0f); // -0 and 0 are one value
      int slot = (bits * 0x9E3779B9) >>> shift;
      while (table[slot] != EMPTY && table[slot] != bits) {
        slot = (slot + 1) & mask;
      }
      if (table[slot] == EMPTY) {
        table[slot] = bits;
        count++;
      }
    }
  }

  /** The different floats of {@link #addAll} in order; empty if they are over the limit. */
  float[] inOrder() {
    float[] values = new float[Math.max(0, count())];
    int found = 0;
    for (int slot = 0; values.length > 0 && slot < table.length; slot++) {
      if (table[slot] != EMPTY) {
        values[found++] = Float.intBitsToFloat(table[slot]);
      }
    }
    Arrays.sort(values);
    return values;
  }

  /**
   * Marks the codes of 16-bit floats from byte {@code at} on; not to be mixed with {@link #addAll}.
   * Many numbers that have more values than their type has significant steps are not told apart
   * further: they were not rounded to few levels.
   */
  public void addCodes(DType type, byte[] packed, int at, int length) {
    if (codes == null && count == 0) {
      codes = new boolean[1 << 16];
      largestNumber = type == DType.BF16 ? 0x7f80 : 0x7c00;
      mostCodes = Math.min(limit, (int) (2 / FloatRange.roundoff(type)));
    }
    if (codes != null) {
      mark(packed, at, length, codes);
      seen += length;
    }
    if (codes != null && seen >= nextCount) {
      nextCount *= 2;
      if (marked() > mostCodes) {
        count = limit + 1;
        codes = null;
      }
    }
  }

  private static void mark(byte[] packed, int at, int length, boolean[] codes) {
    for (int i = 0; i < length; i++) {
      codes[(short) SHORTS.get(packed, at + 2 * i) & 0xffff] = true;
    }
  }

  /** Different numbers among the codes; both zeros are one, and all that is not a number too. */
  private int marked() {
    int marked = codes[0] || codes[MINUS_ZERO] ? 1 : 0;
    boolean nan = false;
    for (int code = 1; code < codes.length; code++) {
      boolean isNan = (code & 0x7fff) > largestNumber;
      nan |= isNan && codes[code];
      marked += codes[code] && !isNan && code != MINUS_ZERO ? 1 : 0;
    }
    return marked + (nan ? 1 : 0);
  }

  /** Ends adding: from here on only the count is held. */
  public void finish() {
    count = codes == null ? count : marked();
    table = null;
    codes = null;
  }

  /** How many, or -1 if over the limit. */
  public int count() {
    return count <= limit ? count : -1;
  }
}
