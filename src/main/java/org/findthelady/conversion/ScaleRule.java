package org.findthelady.conversion;

import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;

/**
 * How a scheme usually makes a block's scale from the block's numbers. Schemes that search for a
 * scale have no such rule; theirs are bounded by the codes alone.
 *
 * @param scale of a block, from its smallest and its largest number
 * @param tolerance relative, beside the rounding of the stored scale
 * @param roundedAfter whether codes are made with the usual scale, and it is rounded afterwards
 * @param mayBeDoubled whether some compilers use twice the scale
 */
record ScaleRule(Scale scale, double tolerance, boolean roundedAfter, boolean mayBeDoubled) {
  /** The usual scale of a block. */
  @FunctionalInterface
  interface Scale {
    double of(double smallest, double largest);
  }

  /** E4M3 scales have three bits of fraction. */
  private static final double E4M3 = 0x1p-4 * (1 + 1e-3);

  /** The rule of one of ggml's types; null for none. */
  static ScaleRule of(DType type) {
    return switch (type) {
      case Q4_0 -> largest(8, 0);
      case Q5_0 -> largest(16, 0);
      case Q8_0, Q8_K -> largest(127, 0);
      case Q4_1 -> range(15);
      case Q5_1 -> range(31);
      case TQ1_0, TQ2_0 -> largest(1, 0);
      case MXFP4 -> of(ScaleKind.POWER_OF_TWO);
      default -> null;
    };
  }

  /** The rule of a packed weight; null for none. */
  static ScaleRule of(ScaleKind kind) {
    return switch (kind) {
      case POWER_OF_TWO -> power(2);
      case LARGEST -> largest(1, 0);
      case LARGEST_AS_E4M3 -> largest(6, E4M3);
      case LARGEST_CODED -> new ScaleRule(magnitude(1), 0, true, false);
      case ANY, FED_BACK -> null;
    };
  }

  private static ScaleRule largest(double levels, double tolerance) {
    return new ScaleRule(magnitude(levels), tolerance, false, false);
  }

  private static Scale magnitude(double levels) {
    return (small, large) -> Math.max(Math.abs(small), Math.abs(large)) / levels;
  }

  private static ScaleRule range(double levels) {
    return new ScaleRule((small, large) -> (large - small) / levels, 0x1p-10, false, false);
  }

  /** The power of two at or below the largest magnitude, less the exponent of the largest level. */
  private static ScaleRule power(int exponent) {
    return new ScaleRule(
        (small, large) -> {
          double largest = Math.max(Math.abs(small), Math.abs(large));
          return largest == 0 ? 0 : Math.scalb(1.0, Math.getExponent(largest) - exponent);
        },
        0,
        false,
        true);
  }

  /**
   * Whether a stored scale keeps the rule.
   *
   * @param off as {@link #off} gives it
   * @param roundoff of a stored scale, relative
   */
  boolean isKept(double off, double roundoff) {
    return off <= tolerance + 2 * roundoff || (mayBeDoubled && off == 1);
  }

  /**
   * Relative distance of a stored scale from the usual one; 0 for blocks of zeros, and where the
   * smallest scales are no nearer to each other.
   *
   * @param expected the usual one
   * @param step from one of the smallest scales to the next
   */
  double off(double stored, double expected, double step) {
    if ((expected < 1e-7 && Math.abs(stored) < 1e-7)
        || Math.abs(Math.abs(stored) - expected) <= step / 2 * (1 + 1e-3)) {
      return 0;
    }
    return Math.abs(Math.abs(stored) / expected - 1);
  }
}
