package org.findthelady.discover;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.findthelady.match.kernel.Thresholds;

/**
 * An order of units that some axes of the suspect carry: place i of the reference is place {@code
 * source(i)} of the suspect. It can be corrected while more evidence comes in; the axes that refer
 * to it follow.
 */
final class UnitOrder {
  /** Share of moved places in which two findings of one order agree at least. */
  private static final double ONE = 0.4;

  private final int id;
  private int[] source;

  UnitOrder(int id, int[] source) {
    this.id = id;
    this.source = source.clone();
  }

  int id() {
    return id;
  }

  int size() {
    return source.length;
  }

  int source(int place) {
    return source[place];
  }

  /**
   * Whether two orders are one but for units that were found wrong, and not by chance. Places that
   * stay in both say nothing: two groups of which a part was moved share those. Orders that agree
   * in every place are one in any case: nothing depends on whose units they are.
   */
  boolean agreesWith(UnitOrder other) {
    if (other.size() != size()) {
      return false;
    }
    int moved = 0;
    int agreeing = 0;
    for (int place = 0; place < source.length; place++) {
      if (source[place] != place || other.source[place] != place) {
        moved++;
        agreeing += source[place] == other.source[place] ? 1 : 0;
      }
    }
    boolean whole = moved > 0 && agreeing == moved;
    return whole
        || (agreeing >= ONE * moved && Chance.ofAgreement(agreeing) < Thresholds.ORDER_LOG_P);
  }

  /** A random order. */
  static int[] random(int size, SplittableRandom random) {
    int[] order = PlaceAnchors.inPlace(size);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /**
   * Replaces the order.
   *
   * @return whether it changed
   */
  boolean correct(int[] better) {
    if (better.length != source.length) {
      throw new IllegalArgumentException(
          "order of " + source.length + " units corrected by one of " + better.length);
    }
    boolean changed = !Arrays.equals(source, better);
    source = better.clone();
    return changed;
  }
}
