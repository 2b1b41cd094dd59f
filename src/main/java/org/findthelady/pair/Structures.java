package org.findthelady.pair;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.align.CommonNames;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.onnx.OnnxFormat;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Location;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.storage.TextFile;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;
import org.findthelady.structure.declared.Architectures;
import org.findthelady.structure.derive.OnnxTracer;
import org.findthelady.structure.derive.TracedStructure;
import org.findthelady.structure.graph.GraphForWeights;
import org.findthelady.structure.keras.KerasGraph;

/**
 * The permutation groups of a checkpoint, and how they were found.
 *
 * @param structure groups and axes, under the checkpoint's tensor names
 * @param notes operators that froze something, names that could not be mapped
 */
public record Structures(Structure structure, List<String> notes) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * The structure that the caller names; else, for ONNX, the one that its graph shows; else, for
   * Keras, the one that its configuration shows; else the architecture that fits the tensors' names
   * and the config.json beside them.
   *
   * @throws UserException if none fits, saying what did not
   */
  public static Structures of(Store store, Checkpoint checkpoint, StructureChoice choice)
      throws IOException {
    TrainingState companions = TrainingState.of(checkpoint.tensors());
    Structures found = ofWeights(store, checkpoint.of(companions.weights()), choice);
    List<String> notes = new ArrayList<>(found.notes());
    companions
        .unplaced()
        .forEach(t -> notes.add("tensor '" + t.name() + "' goes with no parameter: left in place"));
    return new Structures(found.structure().followedBy(companions.companions()), notes);
  }

  private static Structures ofWeights(Store store, Checkpoint checkpoint, StructureChoice choice)
      throws IOException {
    if (choice.graph() != null) {
      return mapped(traced(store, choice.graph()), checkpoint, choice.graph());
    }
    if (choice.architecture() == null && checkpoint.format().equals(OnnxFormat.NAME)) {
      TracedStructure traced = traced(store, checkpoint.location().path());
      return new Structures(traced.structure(), traced.notes());
    }
    Optional<KerasGraph> keras =
        choice.architecture() == null ? keras(checkpoint) : Optional.empty();
    if (keras.isPresent()) {
      TracedStructure traced = keras.get().trace();
      return new Structures(traced.structure(), traced.notes());
    }
    if (choice.architecture() == null) {
      return new Structures(declared(store, checkpoint, null), List.of());
    }
    try {
      return new Structures(declared(store, checkpoint, choice.architecture()), List.of());
    } catch (UserException e) {
      throw new UserException(checkpoint.location().path() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The graph of a model that Keras configured.
   *
   * @throws UserException if there is a configuration from which none can be drawn
   */
  public static Optional<KerasGraph> keras(Checkpoint checkpoint) {
    return Optional.ofNullable(checkpoint.metadata().get(KerasGraph.METADATA))
        .map(
            configuration ->
                KerasGraph.of(checkpoint.location().name(), configuration, shapes(checkpoint)));
  }

  /** A traced structure under the names of a checkpoint in another format. */
  private static Structures mapped(TracedStructure traced, Checkpoint checkpoint, String graph) {
    GraphForWeights mapped = GraphForWeights.of(traced.structure(), shapes(checkpoint));
    if (mapped.graphNames().isEmpty()) {
      throw new UserException(
          "%s: none of its tensors is in the graph %s"
              .formatted(checkpoint.location().path(), graph));
    }
    List<String> notes = new ArrayList<>(traced.notes());
    mapped.unmapped().forEach(name -> notes.add("tensor '" + name + "' is not in the graph"));
    mapped
        .missing()
        .forEach(name -> notes.add("tensor '" + name + "' of the graph has no counterpart"));
    mapped
        .held()
        .forEach(name -> notes.add("group " + name + " is frozen: not all its tensors are known"));
    return new Structures(mapped.structure(), notes);
  }

  private static Map<String, Shape> shapes(Checkpoint checkpoint) {
    Map<String, Shape> shapes = new TreeMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    return shapes;
  }

  private static TracedStructure traced(Store store, String graph) throws IOException {
    return new OnnxTracer().trace(OnnxModel.read(store, file(store, graph)));
  }

  /** A file, or the one ONNX file of a folder. */
  public static FileInfo file(Store store, String path) throws IOException {
    return Checkpoints.open(store, path).files().get(0);
  }

  /** In the checkpoint's own names, or in the words of architecture files for them. */
  private static Structure declared(Store store, Checkpoint checkpoint, String architecture)
      throws IOException {
    Optional<CommonNames> common = CommonNames.of(checkpoint);
    if (common.isPresent()) {
      CommonNames names = common.get();
      try {
        return names.owned(declared(store, architecture, names.shapes(), names.config()));
      } catch (UserException e) {
        if (!isFile(architecture)) {
          throw e;
        }
      }
    }
    return declared(store, architecture, shapes(checkpoint), config(store, checkpoint.location()));
  }

  private static Structure declared(
      Store store, String architecture, Map<String, Shape> shapes, Optional<JsonNode> config)
      throws IOException {
    if (architecture == null) {
      return Architectures.builtIn().choose(shapes, config);
    }
    if (!isFile(architecture)) {
      return Architectures.builtIn().named(architecture, shapes, config);
    }
    Architectures loaded = loaded(store, architecture);
    return loaded.named(loaded.names().get(0), shapes, config);
  }

  private static Architectures loaded(Store store, String file) throws IOException {
    byte[] text = TextFile.read(store, file).getBytes(StandardCharsets.UTF_8);
    return Architectures.builtIn().load(file, new ByteArrayInputStream(text));
  }

  /**
   * Makes sure that an architecture is known, or is a file of one.
   *
   * @throws UserException if it is not, saying why
   */
  public static void requireArchitecture(Store store, String architecture) throws IOException {
    if (isFile(architecture)) {
      loaded(store, architecture);
    } else {
      Architectures.builtIn().requireKnown(architecture);
    }
  }

  /** Whether an architecture is named by its file. */
  static boolean isFile(String architecture) {
    return architecture != null && architecture.endsWith(".json");
  }

  /** Where the config.json of a checkpoint would be. */
  static String configBeside(FileInfo location) {
    String folder =
        location.folder() ? location.path() : Location.of(location.path()).parent().path();
    return folder + "/config.json";
  }

  private static Optional<JsonNode> config(Store store, FileInfo location) throws IOException {
    String path = configBeside(location);
    if (store.stat(path).filter(f -> !f.folder()).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(TextFile.read(store, path)));
    } catch (JsonProcessingException e) {
      throw new UserException(path + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
