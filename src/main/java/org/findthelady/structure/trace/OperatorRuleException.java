package org.findthelady.structure.trace;

import ai.onnx.proto.OnnxMl.NodeProto;

/**
 * A defect of an operator rule, not of the graph: whatever a graph says, a rule gives an answer or
 * says that it does not know ({@link Untraceable}).
 */
public final class OperatorRuleException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  OperatorRuleException(NodeProto node, RuntimeException defect) {
    super(
        "internal error: the rule of operator %s failed at node '%s': %s; please report it"
            .formatted(node.getOpType(), node.getName(), defect),
        defect);
  }
}
