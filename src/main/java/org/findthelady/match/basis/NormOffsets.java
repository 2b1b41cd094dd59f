package org.findthelady.match.basis;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** What normalisations add behind their gains: the biases of what reads them can take it. */
final class NormOffsets {
  private final Map<String, String> ofGains = new LinkedHashMap<>();
  private final Map<String, float[]> ours = new LinkedHashMap<>();
  private final Map<String, float[]> theirs = new LinkedHashMap<>();

  /**
   * Reads the offset of a gain, if there is one: a term of the stream of the same normalisation.
   */
  void read(Structure structure, Group stream, String gain, Weights reference, Weights suspect)
      throws IOException {
    String norm = gain.substring(0, gain.lastIndexOf('.') + 1);
    for (String tensor : structure.axes().keySet()) {
      boolean same = tensor.startsWith(norm) && tensor.indexOf('.', norm.length()) < 0;
      if (same
          && !norm.isEmpty()
          && !tensor.equals(gain)
          && structure.axes(tensor).equals(structure.axes(gain))
          && structure.axes(tensor).get(0).groups().contains(stream.name())
          && reference.has(tensor)
          && suspect.has(tensor)) {
        ofGains.put(gain, tensor);
        ours.put(tensor, reference.readWhole(tensor));
        theirs.put(tensor, suspect.readWhole(tensor));
      }
    }
  }

  /** The offset of a gain, or null. */
  String of(String gain) {
    return ofGains.get(gain);
  }

  Set<String> names() {
    return ours.keySet();
  }

  float[] ours(String offset) {
    return ours.get(offset);
  }

  float[] theirs(String offset) {
    return theirs.get(offset);
  }

  /** The bias of a matrix that reads the stream on an axis, or null. */
  static String bias(Structure structure, MemoryWeights weights, String matrix, int axis) {
    if (structure.axes(matrix).size() != 2) {
      return null;
    }
    Axis units = structure.axes(matrix).get(1 - axis);
    return weights.names().stream()
        .filter(
            name -> structure.axes(name).size() == 1 && structure.axes(name).get(0).equals(units))
        .max(Comparator.comparingInt(name -> StreamBasis.shared(name, matrix)))
        .orElse(null);
  }
}
