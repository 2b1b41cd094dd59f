package org.findthelady.structure;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Tensors of equal shape that lie end to end on one axis of a tensor that is not in the checkpoint:
 * the experts of one layer, each in tensors of its own.
 *
 * @param name of the whole; no tensor of the checkpoint has it
 * @param axis on which the parts follow each other
 * @param parts names of the tensors, in order
 */
public record StackedTensor(String name, int axis, List<String> parts) implements Serializable {
  public StackedTensor {
    parts = List.copyOf(parts);
    if (axis < 0 || parts.isEmpty() || parts.contains(name)) {
      throw new IllegalArgumentException(
          "stack %s of %d parts on axis %d".formatted(name, parts.size(), axis));
    }
  }

  /**
   * The name that a part has by the placeholder in the whole's name, over which parts are counted.
   *
   * @return nothing if there is no placeholder
   */
  public Optional<String> partName(int part) {
    int open = name.lastIndexOf('{');
    int close = name.indexOf('}', Math.max(open, 0));
    return open < 0 || close < 0
        ? Optional.empty()
        : Optional.of(name.substring(0, open) + part + name.substring(close + 1));
  }

  /**
   * The numbers of one part.
   *
   * @param numbers of the whole, row-major
   * @param run numbers of a part that follow each other: from its axis of the stack on
   */
  public float[] part(int part, float[] numbers, int run) {
    float[] own = new float[numbers.length / parts.size()];
    for (int at = 0; at < own.length; at += run) {
      System.arraycopy(numbers, at * parts.size() + part * run, own, at, run);
    }
    return own;
  }

  /**
   * How one part of the whole is gathered.
   *
   * @param part which one of the output
   * @param gathers of the whole's axes, null where nothing moves
   * @throws IllegalArgumentException if the part would take from several
   */
  TensorMove move(int part, int[][] gathers) {
    int[] whole = gathers[axis];
    if (whole == null) {
      return new TensorMove(parts.get(part), gathers);
    }
    int length = whole.length / parts.size();
    int source = length == 0 ? part : whole[part * length] / length;
    int[] own = new int[length];
    boolean moves = false;
    for (int i = 0; i < length; i++) {
      own[i] = whole[part * length + i] - source * length;
      if (own[i] < 0 || own[i] >= length) {
        throw new IllegalArgumentException(
            "stack %s: part %d takes from part %d and from another".formatted(name, part, source));
      }
      moves |= own[i] != i;
    }
    int[][] changed = gathers.clone();
    changed[axis] = moves ? own : null;
    return new TensorMove(parts.get(source), changed);
  }
}
