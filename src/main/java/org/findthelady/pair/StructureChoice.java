package org.findthelady.pair;

import java.io.Serializable;

/**
 * How the caller wants the structure of a checkpoint to be found.
 *
 * @param architecture name or path of an architecture file; null to choose by what fits
 * @param graph path of an ONNX graph to trace; null to use none
 */
public record StructureChoice(String architecture, String graph) implements Serializable {
  /** By tensor names and config.json. */
  public static final StructureChoice AUTOMATIC = new StructureChoice(null, null);
}
