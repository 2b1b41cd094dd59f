package org.findthelady.structure.onnx;

/**
 * What is known of one axis of a value: a digit of a block of coordinates, or one of two constants.
 *
 * @param block the coordinates; null for the constants
 * @param digit which digit of the block this axis is
 */
record Track(Block block, int digit) {
  /** Nothing moves along this axis: images, sequences, batches. */
  static final Track STILL = new Track(null, -1);

  /** The value does not vary along this axis (length 1, or broadcast): it imposes nothing. */
  static final Track NEUTRAL = new Track(null, -2);

  static Track of(int[] coordinates) {
    return new Track(Block.of(coordinates), 0);
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
