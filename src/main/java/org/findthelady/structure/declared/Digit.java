package org.findthelady.structure.declared;

import org.findthelady.structure.declared.AxisExpression.Slice;

/** One digit of an axis of one tensor, its names resolved. */
sealed interface Digit {
  /** A number in the file. */
  record Fixed(long size) implements Digit {}

  /**
   * A size that is to be found.
   *
   * @param variable what holds it
   * @param slice the part that stands here, or null for all
   * @param group the group that it counts, or null if it never moves
   * @param why why it never moves, or null
   * @param rotary whether it counts the dimensions of a rotary embedding
   */
  record Open(String variable, Slice slice, String group, String why, boolean rotary)
      implements Digit {}
}
