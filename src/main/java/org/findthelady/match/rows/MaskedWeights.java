package org.findthelady.match.rows;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/** Weights of which those beside doubtful leaves of other groups are taken for zero. */
public final class MaskedWeights implements Weights {
  private final Structure structure;
  private final Weights weights;
  private final Map<String, boolean[]> doubtful;
  private final String own;
  private final Map<String, boolean[][]> masks = new HashMap<>();

  /**
   * @param doubtful by group: the leaves, as they lie in these weights
   * @param own the group whose axes are left as they are
   */
  public MaskedWeights(
      Structure structure, Weights weights, Map<String, boolean[]> doubtful, String own) {
    this.structure = structure;
    this.weights = weights;
    this.doubtful = doubtful;
    this.own = own;
  }

  @Override
  public boolean has(String tensor) {
    return weights.has(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return weights.shape(tensor);
  }

  @Override
  public void hold(String tensor) throws IOException {
    weights.hold(tensor);
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    weights.read(tensor, firstElement, target, offset, count);
    boolean[][] axes = masks.computeIfAbsent(tensor, this::masks);
    long inner = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      boolean[] mask = axes[axis];
      int length = shape(tensor).intLength(axis);
      for (int i = 0; mask != null && i < count; i++) {
        if (mask[(int) ((firstElement + i) / inner % length)]) {
          target[offset + i] = 0;
        }
      }
      inner *= length;
    }
  }

  /** By axis the positions that are taken for zero; null for none. */
  private boolean[][] masks(String tensor) {
    List<Axis> axes = structure.axes(tensor);
    boolean[][] masks = new boolean[axes.size()][];
    for (int axis = 0; axis < masks.length; axis++) {
      if (!axes.get(axis).groups().contains(own)) {
        masks[axis] = mask(axes.get(axis));
      }
    }
    return masks;
  }

  private boolean[] mask(Axis axis) {
    boolean[] mask = null;
    for (String group : axis.groups()) {
      boolean[] leaves = doubtful.get(group);
      if (leaves == null) {
        continue;
      }
      mask = mask == null ? new boolean[axis.length()] : mask;
      int[] leafAt = structure.leaves(axis, group);
      for (int i = 0; i < leafAt.length; i++) {
        mask[i] |= leafAt[i] >= 0 && leaves[leafAt[i]];
      }
    }
    return mask;
  }
}
