package org.findthelady.experiment;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxFormat;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.Gaussians;
import org.findthelady.perturb.Moments;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.graph.GraphFiller;
import org.findthelady.structure.graph.GraphForWeights;

/** Models read from a store, the last one kept. Not thread-safe. */
public final class StoredModels implements ModelLoader {
  private final Store store;
  private final StoredFiles files;
  private ModelSpec kept;
  private long keptSeed;
  private LabModel model;
  private LabTask task;

  /**
   * @param root folder that the paths of a sweep start from
   * @param beside folder of the sweep's own file, from which paths with {@code ./} ahead start
   */
  public StoredModels(Store store, String root, String beside) {
    this.store = store;
    this.files = new StoredFiles(store, root, beside);
  }

  /** Models that all lie below one folder. */
  public StoredModels(Store store, String root) {
    this(store, root, root);
  }

  @Override
  public LabModel load(ModelSpec spec, long seed) throws IOException {
    long weightSeed = spec.isSeeded() ? seed : 0;
    if (!spec.equals(kept) || weightSeed != keptSeed) {
      kept = null;
      task = null;
      if (spec.isLayerAlone()) {
        model = SeededLayer.of(spec.layer(), seed);
      } else {
        model = spec.isSeeded() ? graph(spec, seed) : checkpoint(spec, spec.checkpoint());
      }
      kept = spec;
      keptSeed = weightSeed;
    }
    return model;
  }

  @Override
  public LabModel trained(ModelSpec spec, AttackKind attack, double strength) throws IOException {
    String path =
        spec.trained(attack, strength)
            .orElseThrow(
                () ->
                    new UserException(
                        "model %s: no checkpoint for '%s %s'"
                            .formatted(spec.name(), attack.label(), strength)));
    return checkpoint(spec, path);
  }

  @Override
  public Optional<LabTask> task(ModelSpec spec) throws IOException {
    if (spec.task() == null) {
      return Optional.empty();
    }
    LabModel unchanged = load(spec, 0);
    if (task == null) {
      task = StoredTask.of(files, spec, unchanged);
    }
    return Optional.of(task);
  }

  private LabModel checkpoint(ModelSpec spec, String path) throws IOException {
    Checkpoint checkpoint = Checkpoints.open(store, files.location(path));
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
    if (spec.graph() != null) {
      OnnxModel graph = files.onnx(spec.graph());
      return GraphForWeights.of(new OnnxTracer().trace(graph).structure(), shapes).structure();
    }
    if (spec.architecture() != null) {
      return Architectures.builtIn().named(spec.architecture(), shapes, Optional.empty());
    }
    return checkpoint.format().equals(OnnxFormat.NAME)
        ? new OnnxTracer().trace(OnnxModel.read(store, checkpoint.location())).structure()
        : Architectures.builtIn().choose(shapes, Optional.empty());
  }

  /**
   * The network of a graph file: structure traced, weights seeded. Of a network that is hit in one
   * layer only the tensors around that layer are filled, and that layer's weights are normal
   * numbers, as the closed form has them, of the same deviation as all others.
   */
  private LabModel graph(ModelSpec spec, long seed) throws IOException {
    OnnxModel graph = files.onnx(spec.graph());
    GraphFiller filler = new GraphFiller(graph, seed);
    Structure structure =
        new OnnxTracer().withWeightInputs(filler.names()).trace(graph).structure();
    Set<String> wanted =
        spec.target() == null
            ? filler.tensors().keySet()
            : Neighbourhood.of(structure, Neighbourhood.producedBy(structure, spec.target()))
                .axes()
                .keySet();
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo tensor : filler.tensors().values()) {
      if (tensor.dtype() == DType.F32 && wanted.contains(tensor.name())) {
        float[] values = new float[Math.toIntExact(tensor.shape().elements())];
        Floats.decode(tensor.dtype(), filler.read(tensor), values, 0, values.length);
        if (tensor.name().equals(spec.target())) {
          values = normal(values, new Gaussians(seed, spec.name() + "/" + tensor.name()));
        }
        tensors.put(tensor.name(), new FloatTensor(tensor.shape(), values));
      }
    }
    return new LabModel(structure, tensors);
  }

  private static float[] normal(float[] values, Gaussians gaussians) {
    float[] normal = gaussians.floats(values.length);
    float deviation = (float) Moments.of(values).sigma();
    for (int i = 0; i < normal.length; i++) {
      normal[i] *= deviation;
    }
    return normal;
  }
}
