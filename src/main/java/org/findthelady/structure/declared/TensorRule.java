package org.findthelady.structure.declared;

import java.util.List;
import java.util.Map;

/**
 * What a file says of the tensors of one name.
 *
 * @param template the name
 * @param axes one an axis, slowest first
 * @param chosen what the choices in the name stand for
 * @param optional whether a checkpoint may lack it
 * @param needs names that a checkpoint with this tensor must have too
 * @param stack the placeholder over which the tensors lie end to end, or null
 * @param stackAxis the axis on which they do
 */
record TensorRule(
    NameTemplate template,
    List<AxisRule> axes,
    Map<String, String> chosen,
    boolean optional,
    List<String> needs,
    String stack,
    int stackAxis) {
  TensorRule {
    axes = List.copyOf(axes);
    needs = List.copyOf(needs);
  }

  /**
   * One axis.
   *
   * @param text as written in the file, for messages
   * @param expression null if frozen
   * @param frozen why nothing on it moves, or null
   */
  record AxisRule(String text, AxisExpression expression, String frozen) {}
}
