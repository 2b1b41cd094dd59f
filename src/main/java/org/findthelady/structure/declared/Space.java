package org.findthelady.structure.declared;

import java.util.List;

/** What a name on an axis stands for. */
sealed interface Space {
  /**
   * Units that may trade places.
   *
   * @param size null where shapes must tell
   * @param within the group that each holds one of this, placeholders unfilled, or null
   * @param readBy tensors of which a checkpoint must have one, else the units are outputs of the
   *     network and stay in place; empty if they are read in any case
   * @param paired whether all tensors carry the units on the same axis, as queries and keys do,
   *     whose products are summed over them; else some tensor must make and some must read them
   */
  record Units(SizeExpression size, String within, List<String> readBy, boolean paired)
      implements Space {}

  /**
   * Indices that never move; of any length unless a size is given.
   *
   * @param why in a few words
   * @param size null where every axis may have its own
   * @param rotary whether these are the dimensions of a rotary embedding
   */
  record Frozen(String why, SizeExpression size, boolean rotary) implements Space {}

  /** Another expression. */
  record Alias(AxisExpression expression) implements Space {}
}
