package org.findthelady.candidate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A sample of the distinct numbers of a model: those with the smallest hashes. Order, and zeros
 * that pruning sets, change nothing in it, so a pruned copy shares all that it kept. Numbers that a
 * coarse type has too are left out: unrelated models share them.
 */
final class ValueSample implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int KEPT = 2048;

  /** Bits at the end of a float32 that bfloat16 and float16 numbers have not. */
  private static final int FINE_BITS = (1 << 12) - 1;

  private long[] hashes = new long[4 * KEPT];
  private int count;
  private long limit = Long.MAX_VALUE;

  /** Adds numbers. */
  void add(float[] values, int length) {
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      if ((bits & FINE_BITS) != 0 && Float.isFinite(values[i])) {
        long hash = mixed(bits);
        if (hash < limit) {
          hashes[count++] = hash;
          if (count == hashes.length) {
            shrink();
          }
        }
      }
    }
  }

  /** Positive, spread evenly. */
  private static long mixed(int bits) {
    long z = (bits & 0x7FFFFFFFL) * 0x9E3779B97F4A7C15L; // a flipped sign is the same number
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 1;
  }

  private void shrink() {
    Arrays.sort(hashes, 0, count);
    int distinct = 0;
    for (int i = 0; i < count && distinct < KEPT; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    count = distinct;
    if (distinct == KEPT) {
      limit = hashes[KEPT - 1];
    }
  }

  /** Nothing is added any more. */
  ValueSample closed() {
    shrink();
    hashes = Arrays.copyOf(hashes, count);
    return this;
  }

  /** Hashes that are kept of a sample to find others that share them. */
  static final int SMALLEST = 64;

  /** The smallest hashes, 8 bytes each. */
  byte[] smallest() {
    ByteBuffer bytes = ByteBuffer.allocate(Math.min(count, SMALLEST) * Long.BYTES);
    for (int i = 0; i < Math.min(count, SMALLEST); i++) {
      bytes.putLong(hashes[i]);
    }
    return bytes.array();
  }

  /** How many different numbers were added, about. */
  double distinct() {
    return count < KEPT ? count : count * (Long.MAX_VALUE / (double) hashes[count - 1]);
  }

  /**
   * Share of this model's numbers that the other has too.
   *
   * @param fewest numbers of this one below which nothing is said
   * @return 0 to 1; 0 if too few can be compared
   */
  double shareIn(ValueSample other, int fewest) {
    long end = Math.min(limit, other.limit);
    int asked = 0;
    int found = 0;
    for (long hash : hashes) {
      if (hash > end) {
        break;
      }
      asked++;
      found += Arrays.binarySearch(other.hashes, hash) >= 0 ? 1 : 0;
    }
    return asked < fewest ? 0 : (double) found / asked;
  }
}
