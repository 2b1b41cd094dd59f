package org.findthelady.structure.derive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.graph.GraphFiller;
import org.findthelady.structure.graph.GraphWeights;
import org.findthelady.structure.prove.Proof;
import org.findthelady.structure.prove.Prover;

/** A network under proof: a model, its weights and how to trace it. */
public record Subject(
    OnnxModel model,
    Map<String, TensorInfo> tensors,
    GraphWeights weights,
    Map<String, long[]> inputShapes,
    Set<String> weightInputs) {

  /** A graph of the shared folder with seeded weights, or a real model with its own. */
  public static Subject shared(String relative) throws IOException {
    HadoopStore store = new HadoopStore();
    String path = SharedModels.path(relative).toString();
    OnnxModel model = OnnxModel.read(store, store.stat(path).orElseThrow());
    if (relative.startsWith("graphs/")) {
      GraphFiller filler = new GraphFiller(model, 1);
      return new Subject(model, filler.tensors(), filler, Map.of(), filler.names());
    }
    Map<String, long[]> shapes =
        relative.contains("silero")
            ? Map.of("input", new long[] {1, 576}, "state", new long[] {2, 1, 128})
            : Map.of();
    return stored(Path.of(path), shapes);
  }

  /** A graph whose weights are inputs, with seeded weights. */
  public static Subject filled(OnnxModel model) {
    GraphFiller filler = new GraphFiller(model, 1);
    return new Subject(model, filler.tensors(), filler, Map.of(), filler.names());
  }

  /** A graph whose weights are inputs, written to a file with seeded weights and read back. */
  static Subject written(OnnxModel model) throws IOException {
    Path file = Files.createTempFile("subject", ".onnx");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        new GraphFiller(model, 1).write(out);
      }
      return stored(file, Map.of());
    } finally {
      file.toFile().deleteOnExit();
    }
  }

  /** A model file with its own weights. */
  static Subject stored(Path file, Map<String, long[]> inputShapes) throws IOException {
    HadoopStore store = new HadoopStore();
    OnnxModel model = OnnxModel.read(store, store.stat(file.toString()).orElseThrow());
    Checkpoint checkpoint = Checkpoints.open(store, file.toString());
    TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
    GraphWeights weights = GraphWeights.of(checkpoint, reader);
    return new Subject(model, checkpoint.byName(), weights, inputShapes, Set.of());
  }

  public TracedStructure trace() {
    return trace(new OnnxTracer());
  }

  public TracedStructure trace(OnnxTracer tracer) {
    return tracer.withWeightInputs(weightInputs).withInputShapes(inputShapes).trace(model);
  }

  public Proof prove(Structure structure, int alone) throws Exception {
    try (Prover prover = new Prover(model, tensors, weights, inputShapes, structure, 7)) {
      return prover.prove(alone);
    }
  }
}
