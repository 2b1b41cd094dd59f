package org.findthelady.structure.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * Coordinates over one or several axes of a value taken together. A block of one digit is a plain
 * axis; a reshape from 768 to 12 x 64 gives a block of two digits that still holds the 768
 * coordinates. Digits are looked at alone only when an operator asks for it, through {@link
 * #marginal}.
 */
final class CoordinateBlock {
  private final int[] lengths;
  private final int[] joint;
  private final Map<Integer, int[]> marginals = new HashMap<>();

  /**
   * @param lengths of the digits, slowest first
   * @param joint row-major coordinates, one for every combination of digits
   */
  CoordinateBlock(int[] lengths, int[] joint) {
    long product = 1;
    for (int length : lengths) {
      product *= length;
    }
    if (product != joint.length) {
      throw new IllegalStateException(product + " places for " + joint.length + " coordinates");
    }
    this.lengths = lengths;
    this.joint = joint;
  }

  static CoordinateBlock of(int[] coordinates) {
    return new CoordinateBlock(new int[] {coordinates.length}, coordinates);
  }

  /** Another block of the same coordinates, for a value that carries them twice. */
  CoordinateBlock twin() {
    return new CoordinateBlock(lengths, joint);
  }

  int digits() {
    return lengths.length;
  }

  int length(int digit) {
    return lengths[digit];
  }

  int[] joint() {
    return joint;
  }

  /**
   * Coordinates of some digits alone (row-major in the order given). Every joint coordinate lies
   * inside the marginal ones of its digits; digits whose places share a coordinate share theirs.
   */
  int[] marginal(Coordinates coordinates, int[] digits) {
    if (digits.length == lengths.length && isAscending(digits)) {
      return joint;
    }
    int key = 0;
    for (int digit : digits) {
      key = key * 32 + digit + 1;
    }
    int[] known = marginals.get(key);
    if (known == null) {
      known = derive(coordinates, digits);
      marginals.put(key, known);
    }
    return known;
  }

  /** For every joint place the row-major place of the given digits alone. */
  int[] placesOf(int[] digits) {
    int[] places = new int[joint.length];
    int[] counter = new int[lengths.length];
    for (int q = 0; q < places.length; q++) {
      int place = 0;
      for (int digit : digits) {
        place = place * lengths[digit] + counter[digit];
      }
      places[q] = place;
      for (int d = lengths.length - 1; d >= 0 && ++counter[d] == lengths[d]; d--) {
        counter[d] = 0;
      }
    }
    return places;
  }

  private int[] derive(Coordinates coordinates, int[] digits) {
    if (joint.length == 0) {
      return joint;
    }
    int[] places = placesOf(digits);
    int count = 1;
    for (int digit : digits) {
      count *= lengths[digit];
    }
    if (digits.length == lengths.length) {
      int[] reordered = new int[count];
      for (int q = 0; q < places.length; q++) {
        reordered[places[q]] = joint[q];
      }
      return reordered;
    }
    int[] only = only(coordinates, places, count);
    if (only != null) {
      return only;
    }
    int[] parents = coordinates.fresh(count);
    coordinates.record(new Coordinates.Nesting(joint, places, parents));
    return parents;
  }

  /** Where every place holds a single coordinate that no other place holds: that one. */
  private int[] only(Coordinates coordinates, int[] places, int count) {
    int[] only = new int[count];
    java.util.Arrays.fill(only, -1);
    Map<Integer, Integer> home = new HashMap<>();
    for (int q = 0; q < places.length; q++) {
      int root = coordinates.find(joint[q]);
      Integer place = home.putIfAbsent(root, places[q]);
      boolean elsewhere = place != null && place != places[q];
      boolean another = only[places[q]] >= 0 && only[places[q]] != root;
      if (elsewhere || another) {
        return null;
      }
      only[places[q]] = root;
    }
    return only;
  }

  private static boolean isAscending(int[] digits) {
    for (int i = 0; i < digits.length; i++) {
      if (digits[i] != i) {
        return false;
      }
    }
    return true;
  }
}
