package org.findthelady.structure.trace;

/**
 * What is known of one axis of a value: a digit of a block of coordinates, or one of two constants.
 *
 * @param block the coordinates; null for the constants
 * @param digit which digit of the block this axis is
 */
public record AxisSymbol(CoordinateBlock block, int digit) {
  /** Nothing moves along this axis: images, sequences, batches. */
  static final AxisSymbol STILL = new AxisSymbol(null, -1);

  /** The value does not vary along this axis (length 1, or broadcast): it imposes nothing. */
  public static final AxisSymbol NEUTRAL = new AxisSymbol(null, -2);

  public static AxisSymbol of(int[] coordinates) {
    return new AxisSymbol(CoordinateBlock.of(coordinates), 0);
  }

  boolean isStill() {
    return block == null && digit == STILL.digit;
  }

  boolean isNeutral() {
    return block == null && digit == NEUTRAL.digit;
  }

  boolean moves() {
    return block != null;
  }
}
