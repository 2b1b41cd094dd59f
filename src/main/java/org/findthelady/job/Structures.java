package org.findthelady.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;

/** Finds the permutation groups of a checkpoint. */
final class Structures {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Structures() {}

  /**
   * The structure that the caller names, or the one that fits the tensors' names and the
   * config.json beside them.
   *
   * @throws UserException if none fits, saying what did not
   */
  static Structure of(Store store, Checkpoint checkpoint, StructureChoice choice)
      throws IOException {
    Map<String, Shape> shapes = new TreeMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    Optional<JsonNode> config = config(store, checkpoint.location());
    String architecture = choice.architecture();
    if (architecture == null) {
      return Architectures.builtIn().choose(shapes, config);
    }
    if (!architecture.endsWith(".json")) {
      return Architectures.builtIn().named(architecture, shapes, config);
    }
    byte[] file = Manifest.text(store, architecture).getBytes(StandardCharsets.UTF_8);
    Architectures loaded =
        Architectures.builtIn().load(architecture, new ByteArrayInputStream(file));
    return loaded.named(loaded.names().get(0), shapes, config);
  }

  private static Optional<JsonNode> config(Store store, FileInfo location) throws IOException {
    String folder = location.folder() ? location.path() : Manifest.parent(location.path());
    String path = folder + "/config.json";
    if (store.stat(path).filter(f -> !f.folder()).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(Manifest.text(store, path)));
    } catch (JsonProcessingException e) {
      throw new UserException(path + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
