package org.findthelady.match.rows;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.DType;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/** Weights of which those beside doubtful units of other groups are taken for zero. */
public final class MaskedWeights extends ForwardingWeights {
  private final Structure structure;
  private final Map<String, boolean[]> doubtful;
  private final String own;
  private final Map<String, boolean[][]> masks = new HashMap<>();

  /**
   * @param doubtful by group: the units, as they lie in these weights
   * @param own the group whose axes are left as they are
   */
  public MaskedWeights(
      Structure structure, Weights weights, Map<String, boolean[]> doubtful, String own) {
    super(weights);
    this.structure = structure;
    this.doubtful = doubtful;
    this.own = own;
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count)
      throws IOException {
    weights().read(tensor, firstElement, target, offset, count);
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

  /** Packed elements are those of {@link #read}, so that nothing gets around the mask. */
  @Override
  public DType packedType(String tensor) {
    return DType.F32;
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
      boolean[] units = doubtful.get(group);
      if (units == null) {
        continue;
      }
      mask = mask == null ? new boolean[axis.length()] : mask;
      int[] unitAt = structure.units(axis, group);
      for (int i = 0; i < unitAt.length; i++) {
        mask[i] |= unitAt[i] >= 0 && units[unitAt[i]];
      }
    }
    return mask;
  }
}
