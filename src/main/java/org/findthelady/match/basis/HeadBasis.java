package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/**
 * Bases inside the attention heads of a layer (method 3.14). Heads are put in order by the spaces
 * that their rows span, bases are found by least squares.
 */
final class HeadBasis {
  private final Structure structure;
  private final MemoryWeights reference;
  private final MemoryWeights suspect;
  private final String parent;
  private final List<HeadBlocks> blocks = new ArrayList<>();
  private final List<HeadPair> pairs = new ArrayList<>();
  private int values;
  private int keys;

  private HeadBasis(
      Structure structure, MemoryWeights reference, MemoryWeights suspect, String parent) {
    this.structure = structure;
    this.reference = reference;
    this.suspect = suspect;
    this.parent = parent;
  }

  /** The attention layers of a structure that are made as is known. */
  static List<HeadBasis> of(Structure structure, MemoryWeights reference, MemoryWeights suspect) {
    List<HeadBasis> found = new ArrayList<>();
    for (Group group : structure.groups()) {
      HeadBasis heads = new HeadBasis(structure, reference, suspect, group.name());
      if (group.parent().isEmpty() && heads.isAttention()) {
        found.add(heads);
      }
    }
    return found;
  }

  private boolean isAttention() {
    for (String tensor : reference.names()) {
      List<Axis> axes = structure.axes(tensor);
      for (int axis = 0; axis < axes.size(); axis++) {
        if (axes.get(axis).groups().contains(parent) && !take(tensor, axes, axis)) {
          return false;
        }
      }
    }
    Map<String, List<HeadBlocks>> matrices = new LinkedHashMap<>();
    for (HeadBlocks one : blocks) {
      if (!one.isBias(reference)) {
        matrices.computeIfAbsent(one.inner(), inner -> new ArrayList<>()).add(one);
      }
    }
    for (List<HeadBlocks> two : matrices.values()) {
      boolean rotary = two.get(0).inner() == null;
      if (two.size() != 2 || (rotary && !two.stream().allMatch(this::isRotary))) {
        return false;
      }
      two.sort(Comparator.comparingInt(HeadBlocks::repeats));
      if (two.get(0).repeats() > 1) {
        return false;
      }
      pairs.add(new HeadPair(side(two, 0), side(two, 1), rotary));
    }
    return pairs.size() == 2;
  }

  /** Whether an axis is made of blocks of heads, which are then noted. */
  private boolean take(String tensor, List<Axis> axes, int axis) {
    int offset = 0;
    List<Segment> segments = axes.get(axis).segments();
    for (int segment = 0; segment < segments.size() && axes.size() <= 2; segment++) {
      HeadBlocks seen = HeadBlocks.of(tensor, axis, segment, offset, segments.get(segment), parent);
      if (seen == null) {
        return false;
      }
      blocks.add(seen);
      offset += segments.get(segment).length();
    }
    return axes.size() <= 2;
  }

  /** A matrix and the biases that are nearer to it, by place and name, than to the other one. */
  private List<HeadBlocks> side(List<HeadBlocks> two, int which) {
    List<HeadBlocks> side = new ArrayList<>(List.of(two.get(which)));
    for (HeadBlocks one : blocks) {
      boolean same = java.util.Objects.equals(one.inner(), two.get(0).inner());
      if (one.isBias(reference) && same) {
        boolean first = nearness(one, two.get(0)) >= nearness(one, two.get(1));
        if (first == (which == 0)) {
          side.add(one);
        }
      }
    }
    return side;
  }

  private static int nearness(HeadBlocks bias, HeadBlocks matrix) {
    int place = bias.segment() == matrix.segment() && bias.repeats() == matrix.repeats() ? 1 : 0;
    return 2 * StreamBasis.shared(bias.tensor(), matrix.tensor()) + place;
  }

  private boolean isRotary(HeadBlocks one) {
    return structure.rotary().stream().anyMatch(digit -> digit.tensor().equals(one.tensor()));
  }

  /** The groups whose order and basis this settles. */
  List<String> groups() {
    List<String> names = new ArrayList<>(List.of(parent));
    structure.groups().stream()
        .filter(group -> parent.equals(group.parentName()))
        .forEach(group -> names.add(group.name()));
    return names;
  }

  /** Heads whose values have another basis. */
  int values() {
    return values;
  }

  /** Heads whose queries and keys have another basis. */
  int keys() {
    return keys;
  }

  /** Brings the suspect's heads into the reference's order and basis. */
  void undo() throws IOException {
    int heads = pairs.get(0).from().get(0).heads();
    int[] sources = headSources(heads);
    int[][] repeats = repeatSources(heads, sources);
    for (HeadBlocks one : blocks) {
      one.gather(suspect, sources, repeats);
    }
    for (int head = 0; head < heads; head++) {
      for (HeadPair pair : pairs) {
        int other = pair.undo(reference, suspect, head) ? 1 : 0;
        keys += pair.queriesAndKeys() ? other : 0;
        values += pair.queriesAndKeys() ? 0 : other;
      }
    }
  }

  private int[] headSources(int heads) throws IOException {
    float[] likeness = new float[heads * heads];
    for (HeadPair pair : pairs) {
      HeadBlocks matrix = pair.from().get(0);
      float[] overlaps =
          HeadBlocks.overlaps(
              matrix.spaces(reference),
              0,
              matrix.spaces(suspect),
              0,
              new int[] {heads, matrix.size(), width(matrix)});
      for (int i = 0; i < likeness.length; i++) {
        likeness[i] += overlaps[i];
      }
    }
    return HeadBlocks.pairs(heads, likeness);
  }

  /** For every head which of the suspect's query heads is which. */
  private int[][] repeatSources(int heads, int[] sources) throws IOException {
    HeadBlocks several =
        blocks.stream()
            .filter(one -> one.repeats() > 1 && !one.isBias(reference))
            .max(Comparator.comparing((HeadBlocks one) -> one.inner() == null))
            .orElse(null);
    int[][] repeats = new int[heads][];
    if (several == null) {
      return repeats;
    }
    float[] ours = several.spaces(reference);
    float[] theirs = several.spaces(suspect);
    int count = several.repeats();
    int rows = count * several.size();
    for (int head = 0; head < heads; head++) {
      float[] overlaps =
          HeadBlocks.overlaps(
              ours,
              head * rows / several.size(),
              theirs,
              sources[head] * rows / several.size(),
              new int[] {count, several.size(), width(several)});
      repeats[head] = HeadBlocks.pairs(count, overlaps);
    }
    return repeats;
  }

  private int width(HeadBlocks matrix) {
    return reference.shape(matrix.tensor()).intLength(1 - matrix.axis());
  }
}
