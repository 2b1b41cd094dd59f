package org.findthelady.structure.onnx;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;

/** A network under proof: a model, its weights and how to trace it. */
record Subject(
    OnnxModel model,
    Map<String, TensorInfo> tensors,
    Weights weights,
    Map<String, long[]> inputShapes,
    Set<String> weightInputs) {

  /** A graph of the shared folder with seeded weights, or a real model with its own. */
  static Subject shared(String relative) throws IOException {
    HadoopStore store = new HadoopStore();
    String path = SharedModels.path(relative).toString();
    OnnxModel model = OnnxModel.read(store, store.stat(path).orElseThrow());
    if (relative.startsWith("graphs/")) {
      GraphFiller filler = new GraphFiller(model, 1);
      return new Subject(model, filler.tensors(), filler, Map.of(), filler.names());
    }
    Checkpoint checkpoint = Checkpoints.open(store, path);
    Weights weights =
        Weights.of(checkpoint, Checkpoints.format(checkpoint.format()).reader(store, checkpoint));
    Map<String, long[]> shapes =
        relative.contains("silero")
            ? Map.of("input", new long[] {1, 576}, "state", new long[] {2, 1, 128})
            : Map.of();
    return new Subject(model, checkpoint.byName(), weights, shapes, Set.of());
  }

  /** A graph whose weights are inputs, with seeded weights. */
  static Subject filled(OnnxModel model) {
    GraphFiller filler = new GraphFiller(model, 1);
    return new Subject(model, filler.tensors(), filler, Map.of(), filler.names());
  }

  TracedStructure trace() {
    return trace(new OnnxTracer());
  }

  TracedStructure trace(OnnxTracer tracer) {
    return tracer.withWeightInputs(weightInputs).withInputShapes(inputShapes).trace(model);
  }

  Proof prove(Structure structure, int alone) throws Exception {
    try (Prover prover = new Prover(model, tensors, weights, inputShapes, structure, 7)) {
      return prover.prove(alone);
    }
  }
}
