package org.findthelady.structure.derive;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.structure.Structure;
import org.findthelady.structure.trace.AxisAlgebra;
import org.findthelady.structure.trace.GraphWalk;
import org.findthelady.structure.trace.OperatorRule;
import org.findthelady.structure.trace.Operators;

/**
 * Reads the permutation groups of a network off its ONNX graph: every axis index of every tensor
 * carries a symbolic coordinate, operators tie coordinates (see {@link AxisAlgebra}), and
 * coordinates that look alike from everywhere form groups (see {@link Derivation}). No operator
 * knows about an architecture, and one that is not known freezes what it touches.
 */
public final class OnnxTracer {
  private final Map<String, OperatorRule> rules;
  private final Set<String> weightInputs;
  private final Map<String, long[]> inputShapes;

  private OnnxTracer(
      Map<String, OperatorRule> rules, Set<String> weightInputs, Map<String, long[]> inputShapes) {
    this.rules = rules;
    this.weightInputs = weightInputs;
    this.inputShapes = inputShapes;
  }

  /** A tracer with all known operators. */
  public OnnxTracer() {
    this(Operators.all(), Set.of(), Map.of());
  }

  /** With other rules; for tests that break one. */
  OnnxTracer withRules(Map<String, OperatorRule> others) {
    return new OnnxTracer(others, weightInputs, inputShapes);
  }

  /** With graph inputs that stand for weights (a graph without its initialisers). */
  public OnnxTracer withWeightInputs(Set<String> names) {
    return new OnnxTracer(rules, Set.copyOf(names), inputShapes);
  }

  /**
   * With lengths for the symbolic axes of graph inputs. Groups do not depend on them, unless the
   * graph branches on a length.
   */
  public OnnxTracer withInputShapes(Map<String, long[]> shapes) {
    return new OnnxTracer(rules, weightInputs, new HashMap<>(shapes));
  }

  /**
   * Traces a model.
   *
   * @throws CheckpointException if a tensor has an axis whose indices are no ints
   */
  public TracedStructure trace(OnnxModel model) {
    GraphWalk walk = new GraphWalk(model.proto(), model::nameOf, weightInputs, inputShapes, rules);
    walk.run();
    Map<String, long[]> tensors = new LinkedHashMap<>();
    Set<String> initialised = new HashSet<>(model.shapes().keySet());
    for (ValueInfoProto input : model.proto().getGraph().getInputList()) {
      long[] dims = GraphWalk.dims(input);
      if (weightInputs.contains(input.getName())
          && !initialised.contains(input.getName())
          && hasElements(dims)) {
        tensors.put(input.getName(), countable(input.getName(), dims));
      }
    }
    model
        .shapes()
        .forEach(
            (name, shape) -> {
              long[] dims = shape.toArray();
              if (hasElements(dims)) {
                tensors.put(name, countable(name, dims));
              }
            });
    Structure structure = new Derivation(model.name(), walk.coordinates(), tensors).structure();
    return new TracedStructure(structure, walk.notes(), walk.coordinates().work());
  }

  private static boolean hasElements(long[] dims) {
    return Arrays.stream(dims).noneMatch(length -> length == 0);
  }

  private static long[] countable(String tensor, long[] dims) {
    for (long length : dims) {
      if (length > Integer.MAX_VALUE) {
        throw new CheckpointException(
            Reason.LIMIT,
            "Tensor '%s' has an axis of %d; at most %d are supported"
                .formatted(tensor, length, Integer.MAX_VALUE));
      }
    }
    return dims;
  }
}
