package org.findthelady.match.kernel;

/** Pseudo-random keys of positions, from a per-run seed: nobody can craft rows against them. */
public final class PositionHash {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private PositionHash() {}

  /** A key of one position of one stream (SplitMix64's mixing). */
  public static long key(long seed, long stream, long position) {
    return mix(mix(seed + GOLDEN * (stream + 1)) + GOLDEN * (position + 1));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The bits that stand for a value: equal for equal values (both zeros, all NaN). */
  public static int bits(float value) {
    return Float.floatToIntBits(value + 0f);
  }
}
