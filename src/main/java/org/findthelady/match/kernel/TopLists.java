package org.findthelady.match.kernel;

import java.io.Serializable;
import java.util.Arrays;

/**
 * For each of several items its best few candidates, best first; equal scores by index. Unused
 * places hold index -1.
 */
public final class TopLists implements Serializable {
  private static final long serialVersionUID = 1;

  /** Lists up to here are searched from their end. */
  private static final int SHORT = 16;

  private final int length;
  private final int[] indices;
  private final float[] scores;
  private float[] floors;

  public TopLists(int items, int length) {
    this.length = length;
    this.indices = new int[Math.multiplyExact(items, length)];
    this.scores = new float[items * length];
    Arrays.fill(indices, -1);
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
  }

  public int items() {
    return length == 0 ? 0 : indices.length / length;
  }

  public int length() {
    return length;
  }

  public int index(int item, int rank) {
    return indices[item * length + rank];
  }

  public float score(int item, int rank) {
    return scores[item * length + rank];
  }

  /** The worst score that is kept for an item: what is not in the list is no better. */
  public float last(int item) {
    float last = scores[item * length + length - 1];
    return floors == null ? last : Math.max(last, floors[item]);
  }

  /** Says that candidates outside an item's list may score up to {@code score}. */
  public void floor(int item, float score) {
    if (floors == null) {
      floors = new float[items()];
      Arrays.fill(floors, Float.NEGATIVE_INFINITY);
    }
    floors[item] = score;
  }

  /** Offers a candidate. */
  public void offer(int item, int index, float score) {
    int last = item * length + length - 1;
    if (score < scores[last] || (score == scores[last] && after(index, indices[last]))) {
      return;
    }
    int low = item * length;
    if (length > SHORT) {
      low = place(low, last, index, score);
      System.arraycopy(indices, low, indices, low + 1, last - low);
      System.arraycopy(scores, low, scores, low + 1, last - low);
      indices[low] = index;
      scores[low] = score;
      return;
    }
    int at = last;
    while (at > low && before(index, score, at - 1)) {
      indices[at] = indices[at - 1];
      scores[at] = scores[at - 1];
      at--;
    }
    indices[at] = index;
    scores[at] = score;
  }

  /** The place of a candidate among those at {@code low .. high}. */
  private int place(int first, int last, int index, float score) {
    int low = first;
    int high = last;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (before(index, score, middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private boolean before(int index, float score, int kept) {
    return score > scores[kept] || (score == scores[kept] && !after(index, indices[kept]));
  }

  private static boolean after(int index, int kept) {
    return kept >= 0 && index > kept;
  }

  /**
   * Sets an item's list to all its candidates, as many as it holds.
   *
   * @param first index of the first candidate; the others follow
   * @param from scores, the first at {@code offset}, the next {@code stride} further
   */
  public void setAll(int item, int first, float[] from, int offset, int stride) {
    long[] order = new long[length];
    for (int k = 0; k < length; k++) {
      int bits = Float.floatToRawIntBits(from[offset + k * stride] + 0f); // -0 and 0 are equal
      order[k] = ((long) ~ascending(bits) << 32) | (first + k);
    }
    Arrays.sort(order);
    for (int rank = 0; rank < length; rank++) {
      indices[item * length + rank] = (int) order[rank];
      scores[item * length + rank] = Float.intBitsToFloat(ascending(~(int) (order[rank] >> 32)));
    }
  }

  /** Bits of floats as integers in the same order, and back. */
  private static int ascending(int bits) {
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** Copies an item's list from other lists. */
  public void take(int item, TopLists from, int other) {
    if (length > 0 && indices[item * length] < 0) {
      int count = Math.min(length, from.length);
      System.arraycopy(from.indices, other * from.length, indices, item * length, count);
      System.arraycopy(from.scores, other * from.length, scores, item * length, count);
      return;
    }
    for (int rank = 0; rank < from.length; rank++) {
      if (from.index(other, rank) >= 0) {
        offer(item, from.index(other, rank), from.score(other, rank));
      }
    }
  }
}
