package org.findthelady.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.experiment.FloatTensor;
import org.findthelady.experiment.LabModel;
import org.findthelady.perturb.Gaussians;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.Noise;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.Pruning;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;
import org.findthelady.structure.declared.ArchitectureWriter;
import org.findthelady.structure.derive.Subject;

/**
 * A network as a file that says nothing but its weights: no configuration, no graph, numbers for
 * names. Beside it the same weights under their own names, with the structure that is known.
 *
 * @param label what tables call it
 * @param model its weights with the known structure; without groups if nobody knows it
 * @param graph that the structure was traced from; null if it was not
 */
record Nameless(String label, LabModel model, Path graph) {
  /** What is done to a suspect. */
  enum Change {
    COPY("copy", false),
    NOISE("noise 0.1 in place", false),
    SHUFFLED("shuffled", true),
    SHUFFLED_NOISE("shuffled, noise 0.3", true),
    SHUFFLED_BITS("shuffled, 4 bits", true),
    SHUFFLED_PRUNED("shuffled, 60 % pruned", true),
    UNRELATED("unrelated", false);

    final String label;
    final boolean moves;

    Change(String label, boolean moves) {
      this.label = label;
      this.moves = moves;
    }

    LabModel of(LabModel model, long seed) throws IOException {
      return switch (this) {
        case COPY, SHUFFLED -> model;
        case UNRELATED -> seeded(model, seed);
        default -> model.perturbed(List.of(perturbation(seed)));
      };
    }

    private Perturbation perturbation(long seed) {
      return switch (this) {
        case NOISE -> new Noise(0.1, LayerSelection.all(), seed);
        case SHUFFLED_NOISE -> new Noise(0.3, LayerSelection.all(), seed);
        case SHUFFLED_BITS -> new UniformQuantisation(4, LayerSelection.all());
        default -> new Pruning(60, LayerSelection.all());
      };
    }
  }

  /**
   * A network with its own weights, or a graph with seeded ones.
   *
   * @param relative path from here, or under the shared folder
   * @param graph under the shared folder too; null if the file tells its structure
   */
  static Nameless of(String relative, String graph) throws IOException {
    String label = relative.substring(relative.lastIndexOf('/') + 1);
    if (relative.startsWith("graphs/")) {
      return new Nameless(label, seeded(relative), null);
    }
    boolean traced = graph != null || relative.endsWith(".onnx");
    Path path = traced ? path(graph == null ? relative : graph) : null;
    LabModel model = stored(relative, path);
    return new Nameless(label, model, path);
  }

  private static Path path(String relative) {
    return Files.exists(Path.of(relative)) ? Path.of(relative) : SharedModels.path(relative);
  }

  private static LabModel stored(String relative, Path graph) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path(relative).toString());
    StructureChoice choice =
        graph == null ? StructureChoice.AUTOMATIC : new StructureChoice(null, graph.toString());
    Structure structure;
    try {
      structure = Structures.of(store, checkpoint, choice).structure();
    } catch (UserException e) {
      structure = Structure.UNKNOWN;
    }
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      Checkpoint weights = checkpoint.of(TrainingState.of(checkpoint.tensors()).weights());
      return LabModel.read(weights, reader, structure);
    }
  }

  private static LabModel seeded(String relative) throws IOException {
    Subject subject = Subject.shared(relative);
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo tensor : subject.tensors().values()) {
      if (tensor.dtype() == DType.F32) {
        float[] values = new float[Math.toIntExact(tensor.shape().elements())];
        Floats.decode(DType.F32, subject.weights().read(tensor), values, 0, values.length);
        tensors.put(tensor.name(), new FloatTensor(tensor.shape(), values));
      }
    }
    return new LabModel(subject.trace().structure().over(shapes(tensors), "no weights"), tensors);
  }

  private static Map<String, Shape> shapes(Map<String, FloatTensor> tensors) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /** Independent normal numbers, each tensor with the mean and deviation of the model's own. */
  private static LabModel seeded(LabModel model, long seed) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              float[] own = tensor.values();
              double sum = 0;
              double squares = 0;
              for (float value : own) {
                sum += value;
                squares += (double) value * value;
              }
              double mean = sum / own.length;
              double deviation = Math.sqrt(Math.max(0, squares / own.length - mean * mean));
              float[] values = new Gaussians(seed, name).floats(own.length);
              for (int i = 0; i < own.length; i++) {
                values[i] = (float) (mean + deviation * values[i]);
              }
              tensors.put(name, new FloatTensor(tensor.shape(), values));
            });
    return new LabModel(model.structure(), tensors);
  }

  /** The number that stands for a tensor's name. */
  String number(String tensor) {
    return "%04d".formatted(names().indexOf(tensor));
  }

  private List<String> names() {
    return List.copyOf(model.tensors().keySet());
  }

  /** Whether it can be shuffled. */
  boolean isKnown() {
    return model.structure().isKnown();
  }

  /** The known structure: its graph, or an architecture file that is written for it. */
  StructureChoice known(Path folder) throws IOException {
    if (!isKnown()) {
      return StructureChoice.AUTOMATIC;
    }
    if (graph != null) {
      return new StructureChoice(null, graph.toString());
    }
    Path file = folder.resolve("structure.json");
    try (OutputStream out = Files.newOutputStream(file)) {
      ArchitectureWriter.write("known", model.structure().naming(shapes(model.tensors())), out);
    }
    return new StructureChoice(file.toString(), null);
  }

  /** Writes weights under their own names. */
  static Path named(LabModel weights, Path file) throws IOException {
    return write(weights, List.copyOf(weights.tensors().keySet()), file);
  }

  /** Writes weights with numbers for names. */
  Path numbered(LabModel weights, Path file) throws IOException {
    return write(weights, names().stream().map(this::number).toList(), file);
  }

  private static Path write(LabModel weights, List<String> names, Path file) throws IOException {
    List<FloatTensor> tensors = List.copyOf(weights.tensors().values());
    List<TensorInfo> infos = new ArrayList<>();
    Map<String, FloatTensor> byName = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), tensors.get(i));
      var shape = tensors.get(i).shape();
      infos.add(new TensorInfo(names.get(i), DType.F32, shape, 0, 0, DType.F32.bytes(shape)));
    }
    Checkpoint checkpoint =
        new Checkpoint(
            new FileInfo(file.toString(), 0, 0, false),
            "safetensors",
            List.of(),
            infos,
            Map.of(),
            List.of());
    Files.deleteIfExists(file);
    try (TensorReader bytes = new InMemory(byName)) {
      SafetensorsWriter.write(
          new HadoopStore(), checkpoint, bytes, Map.of(), Map.of(), file.toString());
    }
    return file;
  }

  private record InMemory(Map<String, FloatTensor> tensors) implements TensorReader {
    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
      float[] values = tensors.get(tensor.name()).values();
      int first = Math.toIntExact(firstByte / Float.BYTES);
      Floats.encode(DType.F32, values, first, target.remaining() / Float.BYTES, target);
    }

    @Override
    public void close() {}
  }
}
