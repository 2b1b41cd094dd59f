package org.findthelady.lab;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;
import org.findthelady.structure.onnx.GraphFiller;
import org.findthelady.structure.onnx.OnnxTracer;

/** Models read from a store, the last one kept. Not thread-safe. */
public final class StoredModels implements ModelLoader {
  private static final long GRAPH_SEED = 1;

  private final Store store;
  private final String root;
  private ModelSpec kept;
  private long keptSeed;
  private LabModel model;
  private LabTask task;

  /**
   * @param root folder that the paths of a sweep start from
   */
  public StoredModels(Store store, String root) {
    this.store = store;
    this.root = root.endsWith("/") ? root : root + "/";
  }

  @Override
  public LabModel load(ModelSpec spec, long seed) throws IOException {
    long weightSeed = spec.isLayerAlone() ? seed : 0;
    if (!spec.equals(kept) || weightSeed != keptSeed) {
      kept = null;
      task = null;
      model =
          spec.isLayerAlone()
              ? SeededLayer.of(spec.layer(), seed)
              : spec.checkpoint() != null ? checkpoint(spec) : graph(spec);
      kept = spec;
      keptSeed = weightSeed;
    }
    return model;
  }

  @Override
  public Optional<LabTask> task(ModelSpec spec) throws IOException {
    if (spec.task() == null) {
      return Optional.empty();
    }
    LabModel unchanged = load(spec, 0);
    if (task == null) {
      String path = root + spec.task().data();
      FileInfo file = file(path);
      byte[] bytes = new byte[Math.toIntExact(file.length())];
      try (SeekableInput input = store.open(file)) {
        input.readFully(0, bytes, 0, bytes.length);
      }
      task = LabTask.cifar(Dataset.cifarText(path, new ByteArrayInputStream(bytes)), unchanged);
    }
    return Optional.of(task);
  }

  private LabModel checkpoint(ModelSpec spec) throws IOException {
    Checkpoint checkpoint = Checkpoints.open(store, root + spec.checkpoint());
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      shapes.put(tensor.name(), tensor.shape());
    }
    Structure structure = structure(spec, checkpoint, shapes);
    try (TensorReader bytes = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      return LabModel.read(checkpoint, bytes, structure);
    }
  }

  private Structure structure(ModelSpec spec, Checkpoint checkpoint, Map<String, Shape> shapes)
      throws IOException {
    if (spec.architecture() != null) {
      return Architectures.builtIn().named(spec.architecture(), shapes, Optional.empty());
    }
    return checkpoint.format().equals("onnx")
        ? new OnnxTracer().trace(OnnxModel.read(store, checkpoint.location())).structure()
        : Architectures.builtIn().choose(shapes, Optional.empty());
  }

  /** The network of a graph file at full size: structure traced, weights seeded. */
  private LabModel graph(ModelSpec spec) throws IOException {
    OnnxModel graph = OnnxModel.read(store, file(root + spec.graph()));
    GraphFiller filler = new GraphFiller(graph, GRAPH_SEED);
    Structure structure =
        new OnnxTracer().withWeightInputs(filler.names()).trace(graph).structure();
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo tensor : filler.tensors().values()) {
      if (tensor.dtype() == DType.F32) {
        float[] values = new float[Math.toIntExact(tensor.shape().elements())];
        Floats.decode(tensor.dtype(), filler.read(tensor), values, 0, values.length);
        tensors.put(tensor.name(), new FloatTensor(tensor.shape(), values));
      }
    }
    return new LabModel(structure, tensors);
  }

  private FileInfo file(String path) throws IOException {
    return store.stat(path).orElseThrow(() -> new UserException(path + ": nothing is there"));
  }
}
