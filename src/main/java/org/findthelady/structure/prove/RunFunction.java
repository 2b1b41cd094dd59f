package org.findthelady.structure.prove;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.graph.GraphWeights;

/**
 * Runs one graph with the weights of several checkpoints on the same seeded inputs. Loading this
 * class fails with a {@link NoClassDefFoundError} where ONNX Runtime is not on the class path: it
 * is a jar of its own.
 */
public final class RunFunction {
  private static final int INPUTS = 16;

  private final OnnxModel model;
  private final Map<String, TensorInfo> tensors;
  private final List<List<Network.Output>> original;

  /**
   * Runs the original.
   *
   * @param tensors every weight of the graph by name
   * @param weights the original's
   * @throws UserException if ONNX Runtime cannot run the network
   */
  public RunFunction(OnnxModel model, Map<String, TensorInfo> tensors, GraphWeights weights)
      throws IOException {
    this.model = model;
    this.tensors = tensors;
    this.original = outputs(weights);
  }

  /**
   * Runs the graph with other weights.
   *
   * @param weights of the same types and shapes
   */
  public OutputLikeness likeness(GraphWeights weights) throws IOException {
    return OutputLikeness.of(original, outputs(weights));
  }

  private List<List<Network.Output>> outputs(GraphWeights weights) throws IOException {
    Set<String> fed =
        tensors.values().stream()
            .filter(tensor -> tensor.dtype().floating())
            .map(TensorInfo::name)
            .collect(Collectors.toSet());
    try (Network network = new Network(model, tensors, weights, Map.of(), fed, 1)) {
      List<List<Network.Output>> outputs = new ArrayList<>();
      for (int seed = 1; seed <= INPUTS; seed++) {
        outputs.add(network.outputs(seed));
      }
      return outputs;
    } catch (OrtException e) {
      throw new UserException("ONNX Runtime cannot run it: " + e.getMessage(), e);
    }
  }
}
