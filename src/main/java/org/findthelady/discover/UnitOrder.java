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

  /** Share of all units that must keep to their blocks, and share of each block's. */
  private static final double KEEP = 0.95;

  private static final double KEEP_OF_EACH = 0.75;

  /** Places of a stretch in which two orders are held against each other. */
  private static final int STRETCH = 8;

  /** Share of stretches, agreeing or not, from which on two orders are one in some parts only. */
  private static final double WHOLE = 0.25;

  private static final double APART = 0.02;

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
        || (agreeing >= ONE * moved
            && Chance.ofAgreement(agreeing) < Thresholds.ORDER_LOG_P
            && !agreesInParts(other));
  }

  /**
   * Whether two orders agree wholly in some stretches and not at all in others, as those of two
   * layers do whose heads happen to move alike. Units that were found wrong lie anywhere.
   */
  private boolean agreesInParts(UnitOrder other) {
    int wholly = 0;
    int apart = 0;
    int stretches = source.length / STRETCH;
    for (int stretch = 0; stretch < stretches; stretch++) {
      int agreeing = 0;
      for (int i = stretch * STRETCH; i < (stretch + 1) * STRETCH; i++) {
        agreeing += source[i] == other.source[i] ? 1 : 0;
      }
      wholly += agreeing == STRETCH ? 1 : 0;
      apart += agreeing <= STRETCH / 4 ? 1 : 0;
    }
    return wholly > WHOLE * stretches && apart > APART * stretches;
  }

  /**
   * Units of a block, where units move in blocks and within them, as those of heads do: the
   * smallest that nearly all units keep to, and not by chance; 1 if there is none.
   */
  int block() {
    int n = source.length;
    double all = Chance.logFactorial(n);
    for (int size = 2; size <= n / 2; size++) {
      int blocks = n / size;
      if (n % size == 0) {
        double kept = Chance.logFactorial(blocks) + blocks * Chance.logFactorial(size);
        boolean chance = kept - all + Math.log(n) >= Thresholds.ORDER_LOG_P;
        if (!chance && keepsBlocks(size)) {
          return size;
        }
      }
    }
    return 1;
  }

  /** Whether the blocks of the reference are blocks of the suspect, but for few units. */
  private boolean keepsBlocks(int size) {
    boolean[] taken = new boolean[source.length / size];
    int keeping = 0;
    for (int block = 0; block < taken.length; block++) {
      int[] votes = new int[taken.length];
      int most = 0;
      for (int i = block * size; i < (block + 1) * size; i++) {
        int from = source[i] / size;
        votes[from]++;
        most = votes[from] > votes[most] ? from : most;
      }
      if (taken[most]) {
        return false;
      }
      taken[most] = true;
      keeping += votes[most];
      if (votes[most] < KEEP_OF_EACH * size) {
        return false;
      }
    }
    return keeping >= KEEP * source.length;
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
