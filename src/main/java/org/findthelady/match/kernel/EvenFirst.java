package org.findthelady.match.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Decodes rows of bfloat16, those at even places first: two are an int, each of whose halves is the
 * upper half of a float. Of that C2 makes vector code, but none of numbers in their order.
 */
public final class EvenFirst {
  /** Pairs that are decoded at a time. */
  private static final int PAIRS = 256;

  private final int[] pairs = new int[PAIRS];
  private final int[] bits = new int[PAIRS];
  private final IntBuffer ints;
  private final FloatBuffer floats;

  /** Holds buffers for one thread. */
  public EvenFirst() {
    ByteBuffer both = ByteBuffer.allocate(PAIRS * Float.BYTES).order(ByteOrder.nativeOrder());
    this.ints = both.asIntBuffer();
    this.floats = both.asFloatBuffer();
  }

  /** Whether a row of so many numbers can be decoded, and is worth it. */
  public static boolean fits(int count) {
    return count % (2 * PAIRS) == 0;
  }

  /** The place in its row of a number that is at {@code x} among those decoded. */
  static int place(int x, int count) {
    return x < count / 2 ? 2 * x : 2 * x - count + 1;
  }

  /** Puts numbers of a row, as they were decoded, in their order. */
  static void putInOrder(double[] values) {
    double[] decoded = values.clone();
    for (int x = 0; x < values.length; x++) {
      values[place(x, values.length)] = decoded[x];
    }
  }

  /**
   * Decodes one row.
   *
   * @param source little-endian bfloat16 from byte {@code at} on
   * @param target receives {@code count} numbers from {@code offset} on
   */
  public void decode(byte[] source, int at, float[] target, int offset, int count) {
    IntBuffer packed =
        ByteBuffer.wrap(source, at, count * Short.BYTES)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asIntBuffer();
    for (int done = 0; done < count / 2; done += PAIRS) {
      packed.get(pairs);
      Lanes.lower(pairs, bits);
      copy(target, offset + done);
      Lanes.upper(pairs, bits);
      copy(target, offset + count / 2 + done);
    }
  }

  private void copy(float[] target, int at) {
    ints.put(0, bits);
    floats.get(0, target, at, PAIRS);
  }
}
