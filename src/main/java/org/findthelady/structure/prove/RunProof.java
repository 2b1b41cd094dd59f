package org.findthelady.structure.prove;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Structure;
import org.findthelady.structure.graph.GraphWeights;

/**
 * Proves all groups of a structure. Loading this class fails with a {@link NoClassDefFoundError}
 * where ONNX Runtime is not on the class path: it is a jar of its own.
 */
public final class RunProof {
  private static final long SEED = 1;

  private RunProof() {}

  /**
   * Runs the network with every group moved.
   *
   * @param tensors every weight by name
   * @param inputShapes lengths for graph inputs with symbolic axes
   * @throws UserException if ONNX Runtime cannot run the network
   */
  public static Proof of(
      OnnxModel model,
      Map<String, TensorInfo> tensors,
      GraphWeights weights,
      Map<String, long[]> inputShapes,
      Structure structure)
      throws IOException {
    try (Prover prover = new Prover(model, tensors, weights, inputShapes, structure, SEED)) {
      return prover.prove(structure.groups().size());
    } catch (OrtException e) {
      throw new UserException("ONNX Runtime cannot run it: " + e.getMessage(), e);
    }
  }
}
