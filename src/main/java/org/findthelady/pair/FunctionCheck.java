package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.findthelady.align.Alignment;
import org.findthelady.align.Counterpart;
import org.findthelady.align.ViewReader;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxFormat;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Floats;
import org.findthelady.core.Location;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.graph.GraphForWeights;
import org.findthelady.structure.graph.GraphWeights;
import org.findthelady.structure.keras.KerasGraph;
import org.findthelady.structure.prove.RunFunction;

/**
 * Runs the reference's graph with its own weights and with those of other checkpoints, and tells
 * how alike the outputs are.
 */
public final class FunctionCheck {
  private final Store store;
  private final OpenedReference reference;

  /** For every weight of the reference its name in the graph. */
  private final Map<String, String> names;

  private final RunFunction function;

  private FunctionCheck(
      Store store, OpenedReference reference, Map<String, String> names, RunFunction function) {
    this.store = store;
    this.reference = reference;
    this.names = names;
    this.function = function;
  }

  /**
   * Runs the reference.
   *
   * @throws UserException if it has no graph, or ONNX Runtime is missing or cannot run it
   */
  public static FunctionCheck open(Store store, String path, StructureChoice choice)
      throws IOException {
    OpenedReference opened = OpenedReference.open(store, Location.of(path).path(), choice);
    Checkpoint reference = opened.checkpoint();
    try (TensorReader reader = Checkpoints.format(reference.format()).reader(store, reference)) {
      if (choice.graph() == null) {
        OnnxModel model = model(store, reference);
        Map<String, String> same =
            reference.tensors().stream()
                .collect(Collectors.toMap(TensorInfo::name, TensorInfo::name));
        GraphWeights weights = GraphWeights.of(reference, reader);
        RunFunction function = new RunFunction(model, reference.byName(), weights);
        return new FunctionCheck(store, opened, same, function);
      }
      return withGraph(store, opened, reader, choice.graph());
    } catch (NoClassDefFoundError e) {
      throw new UserException(
          path + ": running a network needs onnxruntime-VERSION.jar on the class path (--jars)", e);
    } catch (UserException e) {
      throw new UserException(path + ": --function: " + e.getMessage(), e);
    }
  }

  private static OnnxModel model(Store store, Checkpoint reference) throws IOException {
    if (reference.format().equals(OnnxFormat.NAME)) {
      return OnnxModel.read(store, Structures.file(store, reference.location().path()));
    }
    return Structures.keras(reference)
        .map(KerasGraph::model)
        .orElseThrow(
            () ->
                new UserException(
                    "there is no network to run: %s holds weights alone; give its ONNX file with"
                            .formatted(reference.format())
                        + " --graph"));
  }

  private static FunctionCheck withGraph(
      Store store, OpenedReference opened, TensorReader reader, String graph) throws IOException {
    Checkpoint reference = opened.checkpoint();
    OnnxModel model = OnnxModel.read(store, Structures.file(store, graph));
    Map<String, TensorInfo> tensors = Checkpoints.open(store, graph).byName();
    Map<String, String> names =
        GraphForWeights.of(
                new OnnxTracer().trace(model).structure(),
                reference.tensors().stream()
                    .collect(Collectors.toMap(TensorInfo::name, TensorInfo::shape)))
            .graphNames();
    Map<String, TensorInfo> fed = new LinkedHashMap<>();
    Map<String, TensorInfo> own = new HashMap<>();
    names.forEach(
        (name, inGraph) -> {
          if (tensors.containsKey(inGraph)) {
            fed.put(inGraph, tensors.get(inGraph));
            own.put(inGraph, reference.tensor(name).orElseThrow());
          }
        });
    GraphWeights weights = tensor -> packed(tensor, reader.readFloats(own.get(tensor.name())));
    return new FunctionCheck(store, opened, names, new RunFunction(model, fed, weights));
  }

  /** The outputs with the weights of another checkpoint, held against the reference's. */
  public String words(String path) throws IOException {
    Checkpoint other = Checkpoints.open(store, Location.of(path).path());
    Alignment alignment =
        new AlignedPair(store, reference, other, StructureChoice.AUTOMATIC).alignment();
    if (!alignment.holds() || !alignment.isWhole()) {
      return "was not run: not every weight of the reference has a counterpart";
    }
    Map<String, Counterpart> counterparts = new HashMap<>();
    for (Counterpart pair : alignment.counterparts()) {
      counterparts.put(names.getOrDefault(pair.name(), pair.name()), pair);
    }
    try (TensorReader reader = Checkpoints.format(other.format()).reader(store, other);
        TensorReader seen = new ViewReader(reader, alignment.suspectViews());
        TensorReader own =
            Checkpoints.format(reference.checkpoint().format())
                .reader(store, reference.checkpoint())) {
      GraphWeights weights =
          tensor -> {
            Counterpart pair = counterparts.get(tensor.name());
            return pair == null || !tensor.dtype().floating()
                ? GraphWeights.of(reference.checkpoint(), own).read(tensor)
                : packed(tensor, seen.readFloats(pair.suspect().shown()));
          };
      return function.likeness(weights).words();
    }
  }

  private static ByteBuffer packed(TensorInfo tensor, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(tensor.length())).order(ByteOrder.LITTLE_ENDIAN);
    Floats.encode(tensor.dtype(), values, 0, values.length, bytes);
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
