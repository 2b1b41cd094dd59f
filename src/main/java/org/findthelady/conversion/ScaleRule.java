package org.findthelady.conversion;

import org.findthelady.core.DType;

/**
 * How a scheme usually makes a block's scale from the block's numbers. Schemes that search for a
 * scale have no such rule; theirs are bounded by the codes alone.
 *
 * @param scale of a block, from its smallest and its largest number
 * @param tolerance relative, beside the rounding of the stored scale
 */
record ScaleRule(Scale scale, double tolerance) {
  /** The usual scale of a block. */
  @FunctionalInterface
  interface Scale {
    double of(double smallest, double largest);
  }

  /** E4M3 scales have three bits of fraction. */
  private static final double E4M3 = 0x1p-4 * (1 + 1e-3);

  /** A scale that is quantised to a byte of bitsandbytes' map. */
  private static final double NESTED = 0.05;

  /** The rule of one of ggml's types; null for none. */
  static ScaleRule of(DType type) {
    return switch (type) {
      case Q4_0 -> largest(8, 0);
      case Q5_0 -> largest(16, 0);
      case Q8_0, Q8_K -> largest(127, 0);
      case Q4_1 -> new ScaleRule((small, large) -> (large - small) / 15, 0x1p-10);
      case Q5_1 -> new ScaleRule((small, large) -> (large - small) / 31, 0x1p-10);
      case TQ1_0, TQ2_0 -> largest(1, 0);
      case MXFP4 -> power(2);
      case NVFP4 -> largest(6, E4M3);
      default -> null;
    };
  }

  /** The rule of a packed weight, by the words for its scheme; null for none. */
  static ScaleRule of(String scheme) {
    if (scheme.startsWith("MXFP4")) {
      return power(2);
    }
    if (scheme.startsWith("NVFP4")) {
      return largest(6, E4M3);
    }
    if (scheme.startsWith("bitsandbytes")) {
      return largest(1, scheme.endsWith("again") ? NESTED : 0);
    }
    return null;
  }

  private static ScaleRule largest(double levels, double tolerance) {
    return new ScaleRule(
        (small, large) -> Math.max(Math.abs(small), Math.abs(large)) / levels, tolerance);
  }

  /** The power of two at or below the largest magnitude, less the exponent of the largest level. */
  private static ScaleRule power(int exponent) {
    return new ScaleRule(
        (small, large) -> {
          double largest = Math.max(Math.abs(small), Math.abs(large));
          return largest == 0 ? 0 : Math.scalb(1.0, Math.getExponent(largest) - exponent);
        },
        0);
  }

  /** What a scale that is rounded coarsely after its codes were made may add to their distance. */
  double slack(double off) {
    return tolerance == NESTED ? Math.min(off, tolerance) : 0;
  }

  /** Relative distance of a stored scale from the usual one; 0 for blocks of zeros. */
  double off(double stored, double smallest, double largest) {
    double expected = scale.of(smallest, largest);
    if (expected < 1e-7 && Math.abs(stored) < 1e-7) {
      return 0;
    }
    return Math.abs(Math.abs(stored) / expected - 1);
  }
}
