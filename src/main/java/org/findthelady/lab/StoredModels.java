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
      FileInfo file =
          store.stat(path).orElseThrow(() -> new UserException(path + ": no data is there"));
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
