package org.findthelady.structure.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One node with its inputs traced.
 *
 * @param node the node
 * @param inputs traced values; null where an optional input is left out
 * @param opset version of the operator set that the node belongs to
 */
public record Operation(NodeProto node, List<TracedValue> inputs, long opset) {
  /** The input, or null if it is left out. */
  TracedValue optional(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /**
   * The input.
   *
   * @throws Untraceable if it is left out
   */
  TracedValue input(int i) {
    TracedValue value = optional(i);
    if (value == null) {
      throw new Untraceable("input " + i + " is missing");
    }
    return value;
  }

  /** The numbers of an input, all known. */
  Constant numbers(int i) {
    TracedValue value = input(i);
    if (!value.isKnown()) {
      throw new Untraceable("input " + i + " is not a constant");
    }
    return value.constant();
  }

  boolean has(String attribute) {
    return find(attribute).isPresent();
  }

  private Optional<AttributeProto> find(String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return Optional.of(attribute);
      }
    }
    return Optional.empty();
  }

  long integer(String attribute, long otherwise) {
    return find(attribute).map(AttributeProto::getI).orElse(otherwise);
  }

  String text(String attribute, String otherwise) {
    return find(attribute).map(a -> a.getS().toString(StandardCharsets.UTF_8)).orElse(otherwise);
  }

  /** The integers of an attribute, or null. */
  long[] integers(String attribute) {
    return find(attribute)
        .map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray())
        .orElse(null);
  }

  /** The floats of an attribute, or null. */
  double[] floats(String attribute) {
    return find(attribute)
        .map(a -> a.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray())
        .orElse(null);
  }

  Optional<Float> number(String attribute) {
    return find(attribute).map(AttributeProto::getF);
  }

  Optional<TensorProto> tensor(String attribute) {
    return find(attribute).filter(AttributeProto::hasT).map(AttributeProto::getT);
  }

  GraphProto graph(String attribute) {
    return find(attribute)
        .filter(AttributeProto::hasG)
        .map(AttributeProto::getG)
        .orElseThrow(() -> new Untraceable("no " + attribute));
  }

  /** An axis, counted from the end if negative. */
  static int axis(long axis, int rank) {
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) {
      throw new Untraceable("axis " + axis + " of a tensor with " + rank);
    }
    return (int) counted;
  }
}
