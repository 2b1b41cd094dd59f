package org.findthelady.lab;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;

/** Models read from a store, the last one kept. Not thread-safe. */
public final class StoredModels implements ModelLoader {
  private final Store store;
  private final String root;
  private ModelSpec kept;
  private LabModel model;

  /**
   * @param root folder that the paths of a sweep start from
   */
  public StoredModels(Store store, String root) {
    this.store = store;
    this.root = root.endsWith("/") ? root : root + "/";
  }

  @Override
  public LabModel load(ModelSpec spec, long seed) throws IOException {
    if (spec.isLayerAlone()) {
      return SeededLayer.of(spec.layer(), seed);
    }
    if (!spec.equals(kept)) {
      kept = null;
      model = spec.checkpoint() != null ? checkpoint(spec) : graph(spec);
      kept = spec;
    }
    return model;
  }

  private LabModel checkpoint(ModelSpec spec) throws IOException {
    Checkpoint checkpoint = Checkpoints.open(store, root + spec.checkpoint());
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      shapes.put(tensor.name(), tensor.shape());
    }
    Structure structure =
        spec.architecture() == null
            ? Architectures.builtIn().choose(shapes, Optional.empty())
            : Architectures.builtIn().named(spec.architecture(), shapes, Optional.empty());
    try (TensorReader bytes = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      return LabModel.read(checkpoint, bytes, structure);
    }
  }

  private static LabModel graph(ModelSpec spec) {
    throw new UserException("model " + spec.name() + ": graphs cannot be traced yet");
  }
}
