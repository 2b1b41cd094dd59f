package org.findthelady.structure.derive;

import java.util.Arrays;

/**
 * Gathers along arrays of elements: the n-th place of an element takes from the n-th place of the
 * element's source. Keeps two arrays of the number of elements for reuse.
 */
final class Ranks {
  private final int[] first;
  private final int[] last;

  Ranks(int elements) {
    first = new int[elements];
    last = new int[elements];
    Arrays.fill(first, -1);
  }

  /**
   * For every place where it takes from, or -1 if its source has too few places.
   *
   * @param elements along the array
   * @param source of every element of the network
   */
  int[] gather(int[] elements, int[] source) {
    int[] next = new int[elements.length];
    int[] rank = new int[elements.length];
    for (int i = 0; i < elements.length; i++) {
      int x = elements[i];
      next[i] = -1;
      if (first[x] < 0) {
        first[x] = i;
      } else {
        next[last[x]] = i;
        rank[i] = rank[last[x]] + 1;
      }
      last[x] = i;
    }
    int[] cursor = new int[elements.length];
    Arrays.fill(cursor, -1);
    int[] gather = new int[elements.length];
    for (int i = 0; i < elements.length; i++) {
      // The place before this one of the same element has found its source; go on from there.
      int from = source[elements[i]];
      int at = from < 0 ? -1 : rank[i] == 0 ? first[from] : cursor[i];
      gather[i] = at;
      if (next[i] >= 0) {
        cursor[next[i]] = at < 0 ? -1 : next[at];
      }
    }
    for (int x : elements) {
      first[x] = -1;
    }
    return gather;
  }
}
