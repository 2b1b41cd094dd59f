package org.findthelady.pair;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How the caller wants the structure of a checkpoint to be found.
 *
 * @param architecture name or path of an architecture file; null to choose by what fits
 * @param graph path of an ONNX graph to trace; null to use none
 */
public record StructureChoice(String architecture, String graph) implements Serializable {
  /** By tensor names and config.json. */
  public static final StructureChoice AUTOMATIC = new StructureChoice(null, null);

  /** The files that it is read from; none for an architecture that we bring, or none at all. */
  public List<String> files() {
    return Stream.of(architecture, graph)
        .filter(Objects::nonNull)
        .filter(path -> path.equals(graph) || Structures.isFile(path))
        .toList();
  }
}
