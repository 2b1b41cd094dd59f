package org.findthelady.structure.trace;

import java.util.List;

/** How one operator relates the coordinates of its inputs and outputs. */
@FunctionalInterface
public interface OperatorRule {
  /**
   * Ties coordinates and gives the outputs (trailing ones may be left out).
   *
   * @throws Untraceable for a use that the rule does not cover
   */
  List<TracedValue> trace(Operation operation, AxisAlgebra tracks);
}
