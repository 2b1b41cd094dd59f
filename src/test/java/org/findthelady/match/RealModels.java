package org.findthelady.match;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;

/** Trained checkpoints in memory. */
public final class RealModels {
  private RealModels() {}

  public static Model resnet20() throws IOException {
    return load("models/resnet-cifar10/resnet20-12fca82f.th");
  }

  public static Model resnet56() throws IOException {
    return load("models/resnet-cifar10/resnet56-4bfd9763.th");
  }

  /** Two convolutions and two linear layers, of which half the neurons are dead. */
  static Model mnistConvolutions() throws IOException {
    return load(Path.of("jobs/models/abcrown/mnist_conv_small_nat.pth"));
  }

  static Model load(String relative) throws IOException {
    return load(SharedModels.path(relative));
  }

  private static Model load(Path path) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path.toString());
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      shapes.put(tensor.name(), tensor.shape());
    }
    return load(path, Architectures.builtIn().choose(shapes, Optional.empty()));
  }

  /** The tensors that a structure names. */
  static Model load(String relative, Structure structure) throws IOException {
    return load(SharedModels.path(relative), structure);
  }

  private static Model load(Path path, Structure structure) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path.toString());
    Model model = new Model(structure);
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (!structure.axes().containsKey(tensor.name())) {
          continue;
        }
        float[] values = new float[(int) tensor.shape().elements()];
        byte[] bytes = reader.readAll(tensor);
        Floats.decode(tensor.dtype(), ByteBuffer.wrap(bytes), values, 0, values.length);
        model.put(tensor.name(), tensor.shape(), values);
      }
    }
    return model;
  }
}
