package org.findthelady.structure.keras;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.derive.TracedStructure;

/**
 * A Keras model drawn as an ONNX graph of the same function, whose weights are inputs under the
 * checkpoint's names: kernels are transposed in the graph, never in the checkpoint. So one tracer
 * serves both, and the graph can be run to prove what it finds.
 *
 * @param model the graph
 * @param weights the tensors of the checkpoint that it reads
 * @param others those that it does not: states of an optimiser, layers that nothing calls
 * @param notes layers that are not known, which freeze what they touch
 */
public record KerasGraph(
    OnnxModel model, Set<String> weights, Map<String, Shape> others, List<String> notes) {
  /** The attribute of a checkpoint that holds the configuration. */
  public static final String ATTRIBUTE = "model_config";

  private static final String OPTIMISER = "optimizer";

  /**
   * Draws a configuration.
   *
   * @param name for messages and as the name of the structure
   * @param configuration JSON as Keras writes it
   * @param tensors of the checkpoint, in its order
   * @throws UserException if it is no configuration, or it is not clear what reads what
   */
  public static KerasGraph of(String name, String configuration, Map<String, Shape> tensors) {
    Drawing drawing = new Drawing(name);
    ModelWalk walk = new ModelWalk(drawing, new WeightNames(tensors));
    try {
      walk.run(Configuration.parse(configuration));
    } catch (Untranslatable reason) {
      throw new UserException(
          "%s: no structure can be read off its %s: %s"
              .formatted(name, ATTRIBUTE, reason.getMessage()),
          reason);
    }
    Map<String, Shape> others = new LinkedHashMap<>(tensors);
    others.keySet().removeAll(drawing.weights());
    return new KerasGraph(drawing.model(), drawing.weights(), others, walk.notes());
  }

  /**
   * The permutation groups. A group that a tensor outside the graph could belong to is held still,
   * unless the tensor is the state of an optimiser.
   */
  public TracedStructure trace() {
    TracedStructure traced = new OnnxTracer().withWeightInputs(weights).trace(model);
    Structure structure = traced.structure();
    List<String> all = new ArrayList<>(notes);
    all.addAll(traced.notes());
    Set<String> held = new HashSet<>();
    others.forEach(
        (tensor, shape) -> {
          if (!tensor.startsWith(OPTIMISER)) {
            all.add("tensor '" + tensor + "' is in no layer");
            structure.groups().stream()
                .filter(group -> group.couldLieOn(shape))
                .forEach(group -> held.add(group.name()));
          }
        });
    Structure safe = structure.without(held, "a tensor in no layer could belong to its group");
    Map<String, List<Axis>> axes = new LinkedHashMap<>(safe.axes());
    axes.keySet().retainAll(weights);
    return new TracedStructure(
        new Structure(safe.name(), safe.groups(), axes), all, traced.steps());
  }
}
