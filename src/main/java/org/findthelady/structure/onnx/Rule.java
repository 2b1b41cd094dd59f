package org.findthelady.structure.onnx;

import java.util.List;

/** How one operator relates the coordinates of its inputs and outputs. */
@FunctionalInterface
interface Rule {
  /**
   * Ties coordinates and gives the outputs (trailing ones may be left out).
   *
   * @throws Untraceable for a use that the rule does not cover
   */
  List<Value> trace(Operation operation, Tracks tracks);
}
