package org.findthelady.perturb;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Standard normal numbers by Marsaglia's polar method, the same on every machine and Java version:
 * StrictMath only, and a generator seeded by a name, so that order does not matter.
 */
public final class Gaussians {
  private final SplittableRandom random;
  private double kept;
  private boolean hasKept;

  /** Numbers that depend on the seed and on the name alone. */
  public Gaussians(long seed, String name) {
    this.random = seeded(seed, name);
  }

  /** A uniform generator that depends on the seed and on the name alone (FNV-1a of its UTF-8). */
  public static SplittableRandom seeded(long seed, String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return new SplittableRandom(hash ^ (seed * 0x9e3779b97f4a7c15L));
  }

  /** The next number. */
  public double next() {
    if (hasKept) {
      hasKept = false;
      return kept;
    }
    while (true) {
      double x = 2 * random.nextDouble() - 1;
      double y = 2 * random.nextDouble() - 1;
      double square = x * x + y * y;
      if (square < 1 && square > 0) {
        double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
        kept = y * scale;
        hasKept = true;
        return x * scale;
      }
    }
  }

  /** The next {@code count} numbers as floats. */
  public float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) next();
    }
    return values;
  }
}
