package org.findthelady.core;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A bijection of 0..size-1, written as a gather: applying it puts element {@code source(i)} of the
 * input at place {@code i} of the output. Can only be built as a bijection. Immutable.
 */
public final class Permutation implements Serializable {
  private static final long serialVersionUID = 1;

  private final int[] source;

  private Permutation(int[] source) {
    this.source = source;
  }

  /**
   * The permutation that takes output place i from input place {@code source[i]}.
   *
   * @throws IllegalArgumentException if {@code source} is not a bijection of its own indices
   */
  public static Permutation ofSources(int... source) {
    boolean[] seen = new boolean[source.length];
    for (int place = 0; place < source.length; place++) {
      int from = source[place];
      if (from < 0 || from >= source.length) {
        throw new IllegalArgumentException(
            "place " + place + " takes from " + from + ", outside 0.." + (source.length - 1));
      }
      if (seen[from]) {
        throw new IllegalArgumentException("input place " + from + " is taken twice");
      }
      seen[from] = true;
    }
    return new Permutation(source.clone());
  }

  /** The permutation that moves nothing. */
  public static Permutation identity(int size) {
    int[] source = new int[size];
    Arrays.setAll(source, i -> i);
    return new Permutation(source);
  }

  /** A uniformly random permutation (Fisher-Yates), a function of the generator's state only. */
  public static Permutation random(int size, SplittableRandom random) {
    int[] source = identity(size).source;
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = source[i];
      source[i] = source[j];
      source[j] = kept;
    }
    return new Permutation(source);
  }

  /** Number of elements. */
  public int size() {
    return source.length;
  }

  /** The input place that output place {@code place} takes from. */
  public int source(int place) {
    return source[place];
  }

  /** A copy of the sources. */
  public int[] toArray() {
    return source.clone();
  }

  /** Whether nothing moves. */
  public boolean isIdentity() {
    return moved() == 0;
  }

  /** Number of places that take from another place. */
  public int moved() {
    int moved = 0;
    for (int place = 0; place < source.length; place++) {
      if (source[place] != place) {
        moved++;
      }
    }
    return moved;
  }

  /** The permutation that undoes this one: {@code p.then(p.inverse())} is the identity. */
  public Permutation inverse() {
    int[] inverse = new int[source.length];
    for (int place = 0; place < source.length; place++) {
      inverse[source[place]] = place;
    }
    return new Permutation(inverse);
  }

  /**
   * This permutation first, {@code next} on its result.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public Permutation then(Permutation next) {
    if (next.size() != size()) {
      throw new IllegalArgumentException(
          "cannot follow a permutation of " + size() + " by one of " + next.size());
    }
    int[] composed = new int[source.length];
    for (int place = 0; place < source.length; place++) {
      composed[place] = source[next.source[place]];
    }
    return new Permutation(composed);
  }

  /** Length of the longest cycle; 1 for the identity, 0 for an empty permutation. */
  public int longestCycle() {
    boolean[] seen = new boolean[source.length];
    int longest = 0;
    for (int start = 0; start < source.length; start++) {
      int length = 0;
      for (int at = start; !seen[at]; at = source[at]) {
        seen[at] = true;
        length++;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Permutation p && Arrays.equals(source, p.source);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(source);
  }

  @Override
  public String toString() {
    return "Permutation" + Arrays.toString(source);
  }
}
